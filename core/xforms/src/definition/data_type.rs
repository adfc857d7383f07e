//! What a node's text means.

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
