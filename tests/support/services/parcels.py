"""Made-up field parcels as one GeoJSON file, the input of MapServer."""

import json

from hub import feature, field


def write(path, count=100):
    features = []
    for i in range(count):
        row = field(i)
        shape = feature(row)
        shape["geometry"]["type"] = "Polygon"
        shape["properties"] = {"parcel_id": row["FieldId"], "area_m2": row["Area"] or 0, "land_category": row["LandCategory"],
                               "farmer_number": row["FarmerNumber"]}
        features.append(shape)
    path.write_text(json.dumps({"type": "FeatureCollection", "name": "parcels", "features": features}, ensure_ascii=False))
    return features
