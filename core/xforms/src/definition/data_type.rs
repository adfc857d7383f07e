//! What a node's text means.

use crate::{
    answer::{GeoPoint, parse_points},
    date,
    text::parse_number,
};
use chrono::FixedOffset;

/// Bind types (spec, Data Types); selects are strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DataType {
    #[default]
    String,
    Int,
    Decimal,
    Boolean,
    Date,
    Time,
    DateTime,
    Geopoint,
    Geotrace,
    Geoshape,
    Binary,
    Barcode,
    Rank,
}

impl DataType {
    /// As a bind writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            DataType::String => "string",
            DataType::Int => "int",
            DataType::Decimal => "decimal",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::Time => "time",
            DataType::DateTime => "dateTime",
            DataType::Geopoint => "geopoint",
            DataType::Geotrace => "geotrace",
            DataType::Geoshape => "geoshape",
            DataType::Binary => "binary",
            DataType::Barcode => "barcode",
            DataType::Rank => "odk:rank",
        }
    }

    /// Whether a stored text is a value of this type (spec, Data Types); an empty one always is.
    pub(crate) fn holds(self, text: &str, offset: FixedOffset) -> bool {
        if text.is_empty() {
            return true;
        }
        match self {
            DataType::String | DataType::Binary | DataType::Barcode | DataType::Rank => true,
            DataType::Int => text.parse::<i64>().is_ok(),
            DataType::Decimal => parse_number(text).is_some_and(f64::is_finite),
            DataType::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            DataType::Date => date::parse_date(text.get(..10).unwrap_or(text)).is_some(),
            DataType::Time => date::parse_time(text).is_some(),
            DataType::DateTime => date::parse_date_time(text, offset).is_some(),
            DataType::Geopoint => GeoPoint::parse(text).is_some(),
            DataType::Geotrace | DataType::Geoshape => parse_points(text).is_some(),
        }
    }

    pub(crate) fn parse(text: &str) -> Option<DataType> {
        let local = text.rsplit(':').next().unwrap_or(text);
        Some(match local {
            "string" | "select" | "select1" | "selectone" | "text" | "intent" => DataType::String,
            "int" | "integer" | "long" => DataType::Int,
            "decimal" | "double" | "float" => DataType::Decimal,
            "boolean" => DataType::Boolean,
            "date" => DataType::Date,
            "time" => DataType::Time,
            "dateTime" => DataType::DateTime,
            "geopoint" => DataType::Geopoint,
            "geotrace" => DataType::Geotrace,
            "geoshape" => DataType::Geoshape,
            "binary" => DataType::Binary,
            "barcode" => DataType::Barcode,
            "rank" => DataType::Rank,
            _ => return None,
        })
    }
}
