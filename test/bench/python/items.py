"""Items that exist already, with assets like those of Landsat, so that the worker is all that costs time.

The name of a granule ends with the size of its Item in kB: 0, 2 or 20.
"""


def asset(key):
    name = f"LC09_L2SP_195024_20240510_20240511_02_T1_SR_B{key}"
    return {"href": f"s3://usgs-landsat/collection02/level-2/standard/oli-tirs/2024/195/024/{name[:40]}/{name}.TIF",
            "type": "image/vnd.stac.geotiff; cloud-optimized=true", "title": f"Band {key}", "roles": ["data"],
            "description": "Collection 2 Level-2 Surface Reflectance", "proj:shape": [7751, 7681],
            "eo:bands": [{"name": f"OLI_B{key}", "common_name": "red", "center_wavelength": 0.65,
                          "full_width_half_max": 0.04, "description": "Visible red"}],
            "raster:bands": [{"scale": 2.75e-05, "nodata": 0, "offset": -0.2, "data_type": "uint16",
                              "spatial_resolution": 30, "unit": "W/(m^2.sr.um)"}]}


def item(assets):
    return {"type": "Feature", "stac_version": "1.1.0", "bbox": [7.1, 45.2, 7.9, 45.9], "links": [],
            "geometry": {"type": "Polygon",
                         "coordinates": [[[7.1, 45.2], [7.9, 45.2], [7.9, 45.9], [7.1, 45.9], [7.1, 45.2]]]},
            "properties": {"datetime": "2024-06-01T10:20:30Z"},
            "assets": {f"B{key}": asset(key) for key in range(assets)}}


ITEMS = {size: item(assets) for size, assets in (("0", 0), ("2", 3), ("20", 29))}


def create_item(href):
    return {**ITEMS[href.rpartition("-")[2]], "id": href.rpartition("/")[2]}
