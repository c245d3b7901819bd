# The compendium in a container, from the same lock as everywhere else:
#   docker build -t compendium . && docker run --rm -p 127.0.0.1:8888:8888 compendium
# Checked for form (tests/test_anywhere.py); no engine has built it in CI.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 1000 reader
WORKDIR /compendium

# Before the rest, so that a change of text does not install everything again.
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock

COPY --chown=reader:reader . ./
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && chown reader:reader /compendium

USER reader
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--notebook-dir=notebooks", \
     "--LabApp.default_url=/lab/tree/start.ipynb"]
