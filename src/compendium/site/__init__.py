"""The site: every notebook, value, figure and claim as pages to read offline.

The pages are built from executed notebooks and from the results of one run; they ask the network
for nothing, and building them twice gives the same bytes. The balance can be moved by hand, by the
model that the notebooks use.
"""
