//! The numbers that a schema allows, as multiples of a step. Decimal fractions are counted in units of a power of ten,
//! so 0.1 + 0.2 is exactly 0.3.

use proptest::prelude::{BoxedStrategy, Strategy};
use serde_json::{Number, Value};

use super::view::View;

/// Numbers beyond this are not generated: JSON parsers that use floating point would change them.
const LARGEST: i64 = 9_000_000_000_000_000;
/// How many steps a range without a limit is wide.
const WIDE: i64 = 1_000;

/// A grid of allowed numbers, in units of 10 to the power of `-scale`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    scale: u32,
    step: i64,
    /// The smallest and the largest allowed number, if there is a limit.
    pub(super) low: Option<i64>,
    pub(super) high: Option<i64>,
    is_integer: bool,
}

impl Grid {
    /// `None` if a limit cannot be represented.
    pub(super) fn of(view: &View, is_integer: bool) -> Option<Self> {
        let keyword = |key: &str| view.get(key).map(decimal);
        let all = ["multipleOf", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"].map(keyword);
        let scale = all.iter().flatten().map(|one| one.map(|(_, scale)| scale)).collect::<Option<Vec<u32>>>()?;
        let scale = scale.into_iter().max().unwrap_or(0).max(if is_integer { 0 } else { 2 });
        let [multiple, low, above, high, below] = all.map(|one| one.flatten().and_then(|one| units(one, scale)));
        let multiple = multiple.filter(|multiple| *multiple > 0);
        let whole = if is_integer { 10_i64.checked_pow(scale)? } else { 1 };
        let step = multiple.map_or(Some(whole), |multiple| least_common(multiple, whole))?;
        let up = |limit: i64| -(-limit).div_euclid(step) * step;
        let down = |limit: i64| limit.div_euclid(step) * step;
        let low = low.map(up).into_iter().chain(above.map(|limit| down(limit) + step)).max();
        let high = high.map(down).into_iter().chain(below.map(|limit| up(limit) - step)).min();
        let near = |limit: Option<i64>| limit.is_none_or(|limit| limit.abs() < LARGEST);
        (near(low) && near(high)).then_some(Self { scale, step, low, high, is_integer })
    }

    /// Any allowed number. Small numbers come first, because shrinking moves towards the start.
    pub(super) fn valid(&self, fits_32_bits: bool) -> Option<BoxedStrategy<Value>> {
        let grid = *self;
        let wide = self.step.checked_mul(WIDE)?;
        let low = self.low.or(self.high.map(|high| high.min(wide) - wide)).unwrap_or(0);
        let mut high = self.high.unwrap_or(low.checked_add(wide)?);
        if fits_32_bits {
            high = high.min(i64::from(i32::MAX).checked_mul(10_i64.checked_pow(self.scale)?)?);
        }
        let steps = (high - low).div_euclid(self.step);
        (steps >= 0).then(|| (0..=steps).prop_map(move |count| grid.value(low + count * grid.step)).boxed())
    }

    /// Numbers above the largest, or below the smallest.
    pub(super) fn beyond(&self, limit: i64, direction: i64) -> BoxedStrategy<Value> {
        let grid = *self;
        (2..=WIDE).prop_map(move |count| grid.value(limit + direction * count * grid.step)).boxed()
    }

    /// The number after a limit, on the side where it is not allowed.
    pub(super) fn next(&self, limit: i64, direction: i64) -> Value {
        self.value(limit + direction * self.step)
    }

    /// Numbers within the limits that are not on the grid.
    pub(super) fn between(&self) -> Option<BoxedStrategy<Value>> {
        let whole = 10_i64.checked_pow(self.scale)?;
        // An integer that is not a multiple must still be an integer.
        let unit = if self.is_integer { whole } else { 1 };
        let finer = if self.step == unit && !self.is_integer { self.refined()? } else { *self };
        let offsets = finer.step / unit;
        if offsets < 2 {
            return None;
        }
        let wide = finer.step.checked_mul(WIDE)?;
        let low = finer.low.or(finer.high.map(|high| high.min(wide) - wide)).unwrap_or(0);
        let high = finer.high.unwrap_or(low.checked_add(wide)?);
        let steps = (high - low).div_euclid(finer.step).max(1);
        let numbers = (0..steps, 1..offsets);
        let number = move |(count, offset): (i64, i64)| finer.value(low + count * finer.step + offset * unit);
        Some(numbers.prop_map(number).boxed())
    }

    /// The same grid in units of a tenth.
    fn refined(&self) -> Option<Self> {
        let tenfold = |number: i64| number.checked_mul(10);
        let limit = |limit: Option<i64>| limit.map_or(Some(None), |limit| tenfold(limit).map(Some));
        let (low, high) = (limit(self.low)?, limit(self.high)?);
        Some(Self { scale: self.scale + 1, step: tenfold(self.step)?, low, high, ..*self })
    }

    pub(super) fn value(&self, units: i64) -> Value {
        let whole = 10_i64.pow(self.scale);
        if units % whole == 0 {
            return Value::from(units / whole);
        }
        let sign = if units < 0 { "-" } else { "" };
        let (units, whole, width) = (units.unsigned_abs(), whole.unsigned_abs(), self.scale as usize);
        let text = format!("{sign}{}.{:0width$}", units / whole, units % whole);
        text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
    }

    /// The allowed number that is nearest to zero.
    pub(super) fn simplest(&self) -> Value {
        let number = 0.max(self.low.unwrap_or(0)).min(self.high.unwrap_or(i64::MAX));
        self.value(number)
    }
}

/// The digits of a number and the number of decimals; `None` if they are too many.
fn decimal(value: &Value) -> Option<(i64, u32)> {
    let text = value.as_number()?.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 6 || text.contains(['e', 'E']) {
        return None;
    }
    let digits = format!("{whole}{decimals}").parse().ok()?;
    Some((digits, decimals.len() as u32))
}

fn units((digits, decimals): (i64, u32), scale: u32) -> Option<i64> {
    digits.checked_mul(10_i64.checked_pow(scale - decimals)?)
}

fn least_common(one: i64, other: i64) -> Option<i64> {
    let (mut a, mut b) = (one, other);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (one / a).checked_mul(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grid(view: Value, is_integer: bool) -> Option<Grid> {
        Grid::of(view.as_object().expect("an object"), is_integer)
    }

    #[test]
    fn limits_are_numbers_on_the_grid() {
        for (view, is_integer, low, high) in [
            (json!({ "minimum": 1, "maximum": 9 }), true, json!(1), json!(9)),
            (json!({ "minimum": 0.5, "exclusiveMaximum": 9 }), true, json!(1), json!(8)),
            (json!({ "minimum": 1, "maximum": 9, "multipleOf": 4 }), true, json!(4), json!(8)),
            (json!({ "exclusiveMinimum": 0, "maximum": 1 }), false, json!(0.01), json!(1)),
            (json!({ "minimum": -0.3, "maximum": 0.35, "multipleOf": 0.1 }), false, json!(-0.3), json!(0.3)),
        ] {
            let grid = grid(view.clone(), is_integer).expect("a grid");
            let limits = [grid.low, grid.high].map(|limit| grid.value(limit.expect("a limit")));
            assert_eq!(limits, [low, high], "{view}");
        }
    }

    #[test]
    fn limits_that_floating_point_changes_are_refused() {
        assert!(grid(json!({ "maximum": 1e300 }), false).is_none());
        assert!(grid(json!({ "minimum": 0.000_000_01 }), false).is_none());
        assert!(grid(json!({ "maximum": i64::MAX }), true).is_none());
    }
}
