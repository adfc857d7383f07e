//! Views as JSON.

use crate::error::PlayError;
use serde_json::{Map, Value, json};
use xforms::{
    Changes, ChoiceView, EntityAction, Media, NodeState, OutlineEntry, PageChange, PageKind, PageState,
    PageView, Problem, Problems, QuestionKind, QuestionView, RepeatView, Request, RequestKind, RichText,
    SessionWarning, Submission,
};

pub(crate) fn error(error: &PlayError) -> Value {
    let mut body = json!({ "code": error.code(), "message": error.to_string() });
    match error {
        PlayError::Problems(found) => {
            body["problems"] = found.problems.iter().map(problem).collect();
            body["page"] = json!(found.page.to_string());
        }
        PlayError::Ambiguous { candidates, .. } => body["candidates"] = json!(candidates),
        PlayError::Expression(found) => {
            body["problems"] = found
                .problems
                .iter()
                .map(|p| json!({ "code": p.code, "message": p.message, "position": p.position }))
                .collect();
        }
        _ => {}
    }
    json!({ "error": body })
}

pub(crate) fn problem(problem: &Problem) -> Value {
    json!({ "path": problem.path, "code": problem.kind.code(), "message": problem.message })
}

pub(crate) fn validity(outcome: Result<(), Problems>) -> Value {
    match outcome {
        Ok(()) => json!({ "valid": true, "problems": [] }),
        Err(found) => json!({
            "valid": false,
            "problems": found.problems.iter().map(problem).collect::<Value>(),
            "page": found.page.to_string(),
        }),
    }
}

pub(crate) fn changes(path: &str, changes: &Changes) -> Value {
    json!({
        "path": path,
        "changed": changes.saved.iter().map(|(path, value)| json!({ "path": path, "value": value })).collect::<Value>(),
        "page": changes.page.iter().map(page_change).collect::<Value>(),
        "restructured": changes.restructured,
    })
}

fn page_change(change: &PageChange) -> Value {
    match change {
        PageChange::Updated(view) => json!({ "updated": question(view) }),
        PageChange::Appeared { at, question: view } => json!({ "appeared": question(view), "at": at }),
        PageChange::Disappeared { path } => json!({ "disappeared": path }),
        PageChange::Choices { path, choices: now } => json!({ "choices": choices(now), "path": path }),
        PageChange::Heading { title, breadcrumb } => json!({ "title": title, "breadcrumb": breadcrumb }),
        PageChange::Repeats(repeats) => json!({ "repeats": repeats.iter().map(repeat).collect::<Value>() }),
        PageChange::Place { is_first, number, count } => {
            json!({ "is_first": is_first, "number": number, "count": count })
        }
        PageChange::Turned => json!({ "turned": true }),
    }
}

pub(crate) fn page(page: &PageView) -> Value {
    json!({
        "page": page.index.to_string(),
        "kind": page_kind(page.kind),
        "title": page.title,
        "breadcrumb": page.breadcrumb,
        "questions": page.questions.iter().map(question).collect::<Value>(),
        "repeats": page.repeats.iter().map(repeat).collect::<Value>(),
        "is_first": page.is_first,
        "number": page.number,
        "count": page.count,
    })
}

pub(crate) fn outline(entries: &[OutlineEntry]) -> Value {
    let entry = |entry: &OutlineEntry| {
        json!({
            "page": entry.index.to_string(),
            "kind": page_kind(entry.kind),
            "title": entry.title,
            "breadcrumb": entry.breadcrumb,
            "state": match entry.state {
                PageState::Untouched => "untouched",
                PageState::Answered => "answered",
                PageState::Invalid => "invalid",
            },
            "is_current": entry.is_current,
        })
    };
    json!({ "pages": entries.iter().map(entry).collect::<Value>() })
}

fn page_kind(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Question => "question",
        PageKind::FieldList => "field-list",
        PageKind::Repeat => "repeat",
        PageKind::End => "end",
    }
}

fn repeat(view: &RepeatView) -> Value {
    let instances = view.instances.iter().map(|instance| {
        json!({
            "path": instance.path,
            "number": instance.number,
            "title": instance.title,
            "first_page": instance.first_page.as_ref().map(ToString::to_string),
        })
    });
    json!({
        "path": view.path,
        "label": view.label,
        "instances": instances.collect::<Value>(),
        "can_add": view.can_add,
        "can_remove": view.can_remove,
        "appearance": view.appearance.as_str(),
    })
}

fn question(view: &QuestionView) -> Value {
    Value::Object(question_fields(view))
}

fn question_fields(view: &QuestionView) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("path", json!(view.path));
    put("name", json!(view.name));
    put("kind", json!(question_kind(&view.kind)));
    put("label", json!(view.label.source()));
    put("media", media(&view.media));
    put("hint", json!(view.hint.as_ref().map(RichText::source)));
    put("guidance", json!(view.guidance.as_ref().map(RichText::source)));
    put("value", json!(view.stored));
    put("choices", choices(&view.choices));
    put("required", json!(view.required));
    put("readonly", json!(view.readonly));
    put("appearance", json!(view.appearance.as_str()));
    put("mediatype", json!(view.parameters.media_type));
    put("problem", json!(view.problem.as_ref().map(problem)));
    if let QuestionKind::Range { start, end, step, .. } = view.kind {
        put("range", json!({ "start": start, "end": end, "step": step }));
    }
    fields
}

pub(crate) fn choices(choices: &[ChoiceView]) -> Value {
    let choice =
        |c: &ChoiceView| json!({ "value": &*c.value, "label": c.label.source(), "media": media(&c.media) });
    choices.iter().map(choice).collect()
}

fn media(media: &Media) -> Value {
    let files = [("image", &media.image), ("audio", &media.audio), ("video", &media.video)];
    let present =
        files.into_iter().filter_map(|(form, file)| Some((form.to_owned(), json!(**file.as_ref()?))));
    Value::Object(present.collect())
}

/// A node whether it is a question or not; of a question all that its page shows, too.
pub(crate) fn node(node: &NodeState) -> Value {
    let mut fields = node.question.as_ref().map(question_fields).unwrap_or_default();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("path", json!(node.path));
    put("relevant", json!(node.relevant));
    if node.is_group {
        put("kind", json!(if node.is_instance { "repeat" } else { "group" }));
        put("label", json!(node.label));
    } else {
        put("type", json!(node.data_type.as_str()));
        put("value", json!(node.stored));
        put("required", json!(node.required));
        put("readonly", json!(node.readonly || node.question.as_ref().is_some_and(|q| q.readonly)));
        put("valid", json!(node.problem.is_none()));
        put("problem", json!(node.problem.as_ref().map(problem)));
    }
    Value::Object(fields)
}

pub(crate) fn submission(submission: &Submission) -> Value {
    json!({
        "xml": submission.xml,
        "form_id": submission.form_id,
        "version": submission.version,
        "instance_id": submission.instance_id,
        "instance_name": submission.instance_name,
        "deprecated_id": submission.deprecated_id,
        "attachments": submission.attachments,
        "entities": submission.entities.iter().map(entity).collect::<Value>(),
    })
}

fn entity(entity: &EntityAction) -> Value {
    let properties = entity.properties.iter().map(|(name, value)| (name.clone(), json!(value)));
    json!({
        "path": entity.path,
        "dataset": entity.dataset,
        "id": entity.id,
        "create": entity.create,
        "update": entity.update,
        "label": entity.label,
        "properties": properties.collect::<Map<_, _>>(),
        "base_version": entity.base_version,
        "trunk_version": entity.trunk_version,
        "branch_id": entity.branch_id,
    })
}

pub(crate) fn requests(requests: &[Request]) -> Value {
    let request = |request: &Request| match &request.kind {
        RequestKind::Position => json!({ "path": request.path, "kind": "position" }),
        RequestKind::Audio { quality } => {
            json!({ "path": request.path, "kind": "audio", "quality": quality })
        }
    };
    json!({ "requests": requests.iter().map(request).collect::<Value>() })
}

pub(crate) fn warnings(warnings: &[SessionWarning]) -> Value {
    let warning = |w: &SessionWarning| json!({ "path": w.path, "code": w.code, "message": w.message });
    json!({ "warnings": warnings.iter().map(warning).collect::<Value>() })
}

fn question_kind(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Text => "text",
        QuestionKind::Integer => "integer",
        QuestionKind::Decimal => "decimal",
        QuestionKind::Boolean => "boolean",
        QuestionKind::Date => "date",
        QuestionKind::Time => "time",
        QuestionKind::DateTime => "date-time",
        QuestionKind::Geopoint => "geopoint",
        QuestionKind::Geotrace => "geotrace",
        QuestionKind::Geoshape => "geoshape",
        QuestionKind::Barcode => "barcode",
        QuestionKind::Secret => "secret",
        QuestionKind::SelectOne => "select-one",
        QuestionKind::SelectMultiple => "select-multiple",
        QuestionKind::Rank => "rank",
        QuestionKind::Range { .. } => "range",
        QuestionKind::Image => "image",
        QuestionKind::Audio => "audio",
        QuestionKind::Video => "video",
        QuestionKind::File => "file",
        QuestionKind::Trigger => "trigger",
        QuestionKind::Note => "note",
    }
}
