"""Where staff and machines look: health, metrics, pages."""
