//! The texts of a step in which templates are expanded.

use super::super::model::Step;
use super::super::template;
use super::super::written_expectation::Expect;

/// All of them but the clause.
pub(super) fn texts_of(step: &Step) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    texts.extend(step.call.as_deref());
    texts.extend(step.actor.as_deref());
    texts.extend(step.method.as_deref());
    texts.extend(step.send_to.as_deref());
    texts.extend(step.raw.as_deref());
    texts.extend(step.path.values().map(String::as_str));
    texts.extend(step.headers.iter().flat_map(|(key, value)| [Some(key.as_str()), value.as_deref()]).flatten());
    texts.extend(step.without.iter().map(String::as_str));
    if let Some(deliveries) = &step.deliveries {
        texts.extend([deliveries.body_contains.as_str(), &deliveries.secret]);
    }
    if let Some(sign) = &step.sign {
        texts.extend(sign.timestamp.as_deref());
        texts.extend(sign.signed_body.as_deref());
        texts.extend(sign.secret.as_deref());
    }
    if let Some(expect) = &step.expect {
        expected_texts(expect, &mut texts);
    }
    let mut add = |text| texts.push(text);
    if let Some(listen) = &step.listen {
        add(&listen.body_contains);
        listen.responses.iter().for_each(|response| template::texts_in(response, &mut add));
    }
    if let Some(body) = &step.body {
        template::texts_in(body, &mut add);
    }
    for (key, value) in step.with.iter().chain(step.query.iter()) {
        add(key);
        template::texts_in(value, &mut add);
    }
    texts
}

fn expected_texts<'e>(expect: &'e Expect, texts: &mut Vec<&'e str>) {
    let lists = [&expect.error, &expect.status, &expect.tolerate, &expect.not_error];
    texts.extend(lists.into_iter().flatten().map(String::as_str));
    texts.extend(expect.field.as_deref());
    texts.extend(expect.headers.values().flat_map(|header| {
        let compared = [&header.equals, &header.contains, &header.matches, &header.below, &header.at_least];
        compared.into_iter().filter_map(Option::as_deref)
    }));
    for (pointer, value) in &expect.body {
        texts.push(pointer);
        template::texts_in(value, &mut |text| texts.push(text));
    }
}
