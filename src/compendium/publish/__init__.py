"""Publish: what leaves the project: certificate, forms, exports, citations."""
