//! Line charts over runs, as SVG; the style sheet of the page styles them.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 34.0;
/// The most names below the chart; more would overlap.
const NAMES: usize = 6;
/// The number of intervals on the vertical axis.
const STEPS: usize = 4;

/// The value of a run, if it has one.
pub(super) struct Point {
    pub(super) name: String,
    pub(super) value: Option<f64>,
    pub(super) shown: String,
    pub(super) class: &'static str,
}

pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Scale {
    /// From zero to a round number at or above the greatest.
    pub(super) fn from_zero(points: &[Point]) -> Self {
        let most = points.iter().filter_map(|point| point.value).fold(0.0, f64::max);
        Self { from: 0.0, to: round_up(most) }
    }

    /// To a hundred, from a round number at or below the least.
    pub(super) fn of_percents(points: &[Point]) -> Self {
        let least = points.iter().filter_map(|point| point.value).fold(100.0, f64::min);
        let from = [99.0, 98.0, 96.0, 90.0, 80.0, 60.0].into_iter().find(|from| *from < least).unwrap_or(0.0);
        Self { from, to: 100.0 }
    }
}

/// The next of 1, 2, 4, 8 and 10 times a power of ten.
fn round_up(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|times| times * power).find(|round| *round >= most).unwrap_or(most)
}

/// The chart as SVG; `label` formats the numbers on the vertical axis.
pub(super) fn svg(title: &str, points: &[Point], scale: &Scale, label: impl Fn(f64) -> String) -> String {
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(title)
    );
    let y = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - (value - scale.from) / (scale.to - scale.from));
    let x = |index: usize| match points.len() {
        0 | 1 => LEFT + (WIDTH - LEFT - RIGHT) / 2.0,
        count => LEFT + 8.0 + (WIDTH - LEFT - RIGHT - 16.0) * index as f64 / (count - 1) as f64,
    };
    for step in 0..=STEPS {
        let value = scale.from + (scale.to - scale.from) * step as f64 / STEPS as f64;
        let at = y(value);
        let _ = write!(
            out,
            "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            escaped(&label(value))
        );
    }
    let mut path = String::new();
    let mut pen_down = false;
    for (index, point) in points.iter().enumerate() {
        // A run without a value leaves a gap in the line.
        let Some(value) = point.value else {
            pen_down = false;
            continue;
        };
        let _ = write!(path, "{}{:.1} {:.1}", if pen_down { "L" } else { "M" }, x(index), y(value));
        pen_down = true;
    }
    let _ = write!(out, "<path class=\"line\" d=\"{path}\"/>");
    let radius = if points.len() > 60 { 2.0 } else { 4.0 };
    for (index, point) in points.iter().enumerate() {
        let Some(value) = point.value else { continue };
        let _ = write!(
            out,
            "<circle class=\"dot {}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\"><title>{}: {}</title></circle>",
            point.class,
            x(index),
            y(value),
            escaped(&point.name),
            escaped(&point.shown)
        );
    }
    for index in named(points.len()) {
        let anchor = match index {
            _ if points.len() == 1 => "middle",
            0 => "start",
            last if last + 1 == points.len() => "end",
            _ => "middle",
        };
        let name = super::super::escape::one_line(&points[index].name, 16);
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            x(index),
            HEIGHT - 12.0,
            escaped(&name)
        );
    }
    out.push_str("</svg>");
    out
}

/// The indexes of the runs whose names are shown: the first, the last, and some between.
fn named(count: usize) -> Vec<usize> {
    if count <= NAMES {
        return (0..count).collect();
    }
    (0..NAMES).map(|place| place * (count - 1) / (NAMES - 1)).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = askama::filters::Escaper::write_escaped_str(&super::super::escape::Html, &mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: Option<f64>) -> Point {
        Point { name: "<1>".into(), value, shown: "x".into(), class: "" }
    }

    #[test]
    fn scales_end_at_round_numbers() {
        assert_eq!([0.0, 0.3, 1.0, 17.0, 41.0, 999.0].map(round_up), [1.0, 0.4, 1.0, 20.0, 80.0, 1000.0]);
        assert_eq!(Scale::of_percents(&[point(Some(98.5))]).from, 98.0);
        assert_eq!(Scale::of_percents(&[point(Some(12.0))]).from, 0.0);
    }

    #[test]
    fn run_without_a_value_leaves_a_gap() {
        let points = [point(Some(1.0)), point(None), point(Some(2.0)), point(Some(3.0))];
        let svg = svg("t", &points, &Scale::from_zero(&points), |value| value.to_string());
        assert_eq!((svg.matches('M').count(), svg.matches('L').count(), svg.matches("<circle").count()), (2, 1, 3));
        assert!(svg.contains("&lt;1&gt;") && !svg.contains("<1>"));
    }

    #[test]
    fn number_of_names_is_limited() {
        assert_eq!(named(3), [0, 1, 2]);
        assert_eq!((named(100).len(), named(100).first(), named(100).last()), (NAMES, Some(&0), Some(&99)));
    }
}
