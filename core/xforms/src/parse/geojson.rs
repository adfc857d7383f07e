//! Lists from GeoJSON (spec, Secondary Instances from GeoJSON).

use super::lists::MAX_ELEMENTS;
use crate::{
    definition::{SecondaryBuilder, SecondaryInstance},
    text::{Names, number_text},
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// Numbers take many times the room of their text while they are read.
const MAX_BYTES: usize = 16 << 20;

#[derive(Deserialize)]
struct Collection<'j> {
    r#type: String,
    #[serde(borrow)]
    features: Vec<&'j RawValue>,
}

#[derive(Deserialize)]
struct Feature<'j> {
    id: Option<Value>,
    properties: Option<BTreeMap<String, Value>>,
    #[serde(borrow)]
    geometry: Option<Geometry<'j>>,
}

#[derive(Deserialize)]
struct Geometry<'j> {
    r#type: String,
    #[serde(borrow)]
    coordinates: Option<&'j RawValue>,
}

/// Longitude, latitude and, perhaps, altitude.
type Position = Vec<f64>;

/// # Errors
/// What is wrong with the file, to be put after its name.
pub(super) fn read(id: &str, text: &str, names: &mut Names) -> Result<SecondaryInstance, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("has more than {} MB", MAX_BYTES >> 20));
    }
    let unreadable = |error: serde_json::Error| format!("is no GeoJSON that can be read: {error}");
    let collection: Collection = serde_json::from_str(text).map_err(unreadable)?;
    if collection.r#type != "FeatureCollection" {
        return Err(format!("is no FeatureCollection but a {}", collection.r#type));
    }
    let mut list = SecondaryBuilder::new(names.intern(""));
    let root = list.push(SecondaryInstance::DOCUMENT, names.intern("root"), "");
    for (i, feature) in collection.features.into_iter().enumerate() {
        let feature: Feature = serde_json::from_str(feature.get()).map_err(unreadable)?;
        let wrong = |detail: String| format!("can't be used: feature {} {detail}", i + 1);
        let row = list.push(root, names.intern("item"), "");
        let mut properties = feature.properties.unwrap_or_default();
        // The id of the feature itself comes first.
        properties.extend(feature.id.map(|id| ("id".to_owned(), id)));
        for (name, value) in properties {
            let value = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(wrong(format!("has no simple value in its property {name}")));
                }
            };
            list.push(row, names.intern(&name), &value);
        }
        if let Some(geometry) = feature.geometry {
            let points = points(&geometry).map_err(wrong)?;
            list.push(row, names.intern("geometry"), &points);
        }
        if list.len() > MAX_ELEMENTS {
            return Err("has too many features for a list".to_owned());
        }
    }
    Ok(list.finish(id.into()))
}

/// A `geopoint`, `geotrace` or `geoshape`; of a polygon, its outer ring.
fn points(geometry: &Geometry) -> Result<String, String> {
    let text = geometry.coordinates.map_or("null", RawValue::get);
    let positions: Option<Vec<Position>> = match geometry.r#type.as_str() {
        "Point" => serde_json::from_str(text).ok().map(|point| vec![point]),
        "LineString" => serde_json::from_str(text).ok(),
        "Polygon" => {
            let rings: Option<Vec<Vec<Position>>> = serde_json::from_str(text).ok();
            rings.and_then(|rings| rings.into_iter().next())
        }
        other => return Err(format!("is a {other}, not a Point, LineString or Polygon")),
    };
    let positions = positions.ok_or_else(|| format!("has wrong coordinates for a {}", geometry.r#type))?;
    let point = |position: &Position| {
        let [longitude, latitude, rest @ ..] = position.as_slice() else { return None };
        let altitude = rest.first().copied().unwrap_or(0.0);
        Some(format!("{} {} {} 0", number_text(*latitude), number_text(*longitude), number_text(altitude)))
    };
    let points: Option<Vec<String>> = positions.iter().map(point).collect();
    points.map(|points| points.join("; ")).ok_or_else(|| "has a position without a latitude".to_owned())
}
