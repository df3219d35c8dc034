"""Items of NOAA's daily OISST, with a cloud-optimized GeoTIFF for each variable."""

from stactools.noaa_cdr.sea_surface_temperature_optimum_interpolation import stac
from stactools.noaa_cdr.stac import add_cogs


def create_item(href, output=None):
    item = stac.create_item(href)
    return item if output is None else add_cogs(item, output)
