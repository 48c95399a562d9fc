//! Finds the types that bare names mean.

use std::collections::BTreeMap;

use crate::{
    dialect::postgres::types::{is_builtin, parse_type, serial},
    schema::{DataType, Ident, Name},
};

/// The types that a bare name may mean.
pub(super) struct Types<'a> {
    pub(super) user: Vec<Name>,
    /// The types beneath domains.
    pub(super) domains: BTreeMap<Name, DataType>,
    pub(super) extension: &'a BTreeMap<String, Ident>,
}

impl Types<'_> {
    pub(super) fn resolve(
        &self,
        ty: &mut DataType,
        near: &Name,
        place: &str,
        errors: &mut Vec<String>,
    ) {
        match self.resolved(ty, near) {
            Ok(resolved) => *ty = resolved,
            Err(reason) => errors.push(format!("{place}: {reason}")),
        }
    }

    fn resolved(&self, ty: &DataType, near: &Name) -> Result<DataType, String> {
        if ty
            .schema
            .as_ref()
            .is_some_and(|schema| schema.as_str() != "pg_catalog")
        {
            return Ok(ty.clone());
        }
        let parsed = parse_type(&ty.spell(&ty.name));
        if let Ok(known) = &parsed
            && (known.schema.is_some() || is_builtin(known) || serial(known).is_some())
        {
            return parsed;
        }
        // The name of an enum of the model, as it is: capitals and blanks mean themselves.
        if let Some(schema) = self.schema_of(&ty.name, near) {
            return Ok(DataType {
                schema: Some(schema),
                ..ty.clone()
            });
        }
        let mut parsed = parsed?;
        let schema = self
            .schema_of(&parsed.name, near)
            .or_else(|| self.extension.get(&parsed.name).cloned());
        parsed.schema = Some(schema.unwrap_or_else(|| "public".into()));
        Ok(parsed)
    }

    fn schema_of(&self, name: &str, near: &Name) -> Option<Ident> {
        let there = |schema: &str| {
            let wanted = Name::new(schema, name);
            self.user.contains(&wanted).then(|| Ident::from(schema))
        };
        near.schema
            .as_ref()
            .and_then(|schema| there(schema.as_str()))
            .or_else(|| there("public"))
    }

    /// Returns the type that the values of a type have: beneath a domain, its base.
    pub(super) fn base(&self, ty: &DataType) -> DataType {
        let mut base = ty;
        // A domain of a domain of itself cannot be; a model may still say so.
        for _ in 0..8 {
            let domain = base.user().filter(|_| !base.array);
            match domain.and_then(|name| self.domains.get(&name)) {
                Some(beneath) => base = beneath,
                None => break,
            }
        }
        base.clone()
    }

    /// As `resolved`, for a type within an expression.
    pub(super) fn named(&self, ty: DataType, near: &Name) -> DataType {
        self.resolved(&ty, near).unwrap_or(ty)
    }
}
