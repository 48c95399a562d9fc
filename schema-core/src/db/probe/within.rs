//! Values within values: the elements of arrays, the fields of composites.

use crate::schema::{Composite, DataType, Name, Quoted};

/// How deep is looked: types may be made of each other.
const DEEPEST: usize = 16;

/// Returns the name of the user's type that a value is of, unless it is too deep within others.
pub(super) fn looked_into(ty: &DataType, depth: usize) -> Option<Name> {
    ty.user().filter(|_| depth < DEEPEST)
}

/// Returns the condition that an array has an element for which `within` has one.
pub(super) fn elements(
    value: &str,
    array: &DataType,
    depth: usize,
    within: impl Fn(&str, &DataType) -> Option<String>,
) -> Option<String> {
    let element = format!("e{depth}");
    let condition = within(&element, &array.element())?;
    // In FROM a row type would come apart into its fields.
    Some(format!(
        "EXISTS (SELECT 1 FROM (SELECT unnest({value}) AS {element}) a{depth} WHERE {condition})"
    ))
}

/// Returns the condition that a composite has a field for which `within` has one.
pub(super) fn fields(
    value: &str,
    composite: &Composite,
    within: impl Fn(&str, &DataType) -> Option<String>,
) -> Option<String> {
    let fields = composite.fields.iter().filter_map(|field| {
        let value = format!("({value}).{}", Quoted(&field.name));
        within(&value, &field.ty)
    });
    let fields: Vec<String> = fields.collect();
    (!fields.is_empty()).then(|| format!("({})", fields.join(" OR ")))
}
