"""The site: every notebook, value, figure and claim as pages to read offline."""
