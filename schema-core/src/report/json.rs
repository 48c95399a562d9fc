//! A plan for programs. The wire types are their own, so that the code may change and the format not.

use serde::{Deserialize, Serialize};

use super::tally;
use crate::change::{Change, display};
use crate::db::ServerInfo;
use crate::plan;
use crate::step;

/// The version of the format. It grows when a field goes or changes its meaning.
pub const VERSION: u32 = 1;

/// A plan and, after an apply, its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// Which server.
    pub server: Server,
    /// What is changed, in order.
    pub changes: Vec<ChangeLine>,
    /// How, by transaction.
    pub groups: Vec<Group>,
    /// What it may cost.
    pub hazards: Vec<Hazard>,
    /// What cannot be done.
    pub refusals: Vec<Refusal>,
    /// What is in the database and in no model.
    pub leftovers: Vec<Leftover>,
    /// Remarks for the reader.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Tables that are what the models say.
    pub in_sync: Vec<String>,
    /// One line.
    pub summary: String,
    /// What ties the plan to both schemas.
    pub fingerprint: String,
    /// `planned`, `in_sync`, `applied`, `refused` or `drifted`.
    pub outcome: String,
}

/// Which server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// `PostgreSQL` or `SQLite`.
    pub product: String,
    /// `16.4`.
    pub version: String,
    /// The database, or the file's path.
    pub database: String,
    /// The host.
    pub host: Option<String>,
    /// The user.
    pub user: Option<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// `add`, `alter` or `drop`.
    pub verb: String,
    /// `column`, `index` ...
    pub kind: String,
    /// The table, if there is one.
    pub object: Option<String>,
    /// The change in one line.
    pub text: String,
    /// What it costs, in a few words; may be empty.
    #[serde(default)]
    pub note: String,
    /// Where the table is written, `src/models.rs:12`, if the model is known.
    #[serde(default)]
    pub source: Option<String>,
}

/// Statements that commit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// In a transaction.
    pub transaction: bool,
    /// In order.
    pub statements: Vec<Statement>,
}

/// One piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The SQL.
    pub sql: String,
    /// The lock, in PostgreSQL's words; `none`, as always on SQLite.
    pub lock: String,
    /// `brief`, `scan`, `index build` or `rewrite`.
    pub work: String,
    /// The kinds of hazards of its step.
    pub hazards: Vec<String>,
}

/// What a step may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// The word for `--allow`.
    pub kind: String,
    /// The sentence.
    pub message: String,
}

/// A reasoned no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it is about.
    pub object: String,
    /// Why not.
    pub message: String,
    /// The query that finds the rows in the way.
    pub find: Option<String>,
    /// What to do about it.
    pub cures: Vec<String>,
}

/// Something in the database that no model names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// What it is called.
    pub object: String,
    /// `table`, `column` ...
    pub kind: String,
    /// What that means.
    pub message: String,
    /// It will hurt.
    pub warn: bool,
}

impl ChangeLine {
    /// Returns it as one line: `orders + column note text`.
    pub fn line(&self) -> String {
        let sign = match self.verb.as_str() {
            "add" => '+',
            "drop" => '-',
            _ => '~',
        };
        let object = self.object.as_deref().unwrap_or_default();
        format!("{object} {sign} {} {}", self.kind, self.text)
            .trim()
            .to_owned()
    }
}

/// What a plan does, without the server that it was made for.
pub(crate) struct Planned {
    pub(crate) changes: Vec<ChangeLine>,
    pub(crate) groups: Vec<Group>,
}

impl Planned {
    pub(crate) fn new(plan: &plan::Plan) -> Self {
        Self {
            changes: plan
                .changes
                .iter()
                .map(|change| change_line(plan, change))
                .collect(),
            groups: plan.groups.iter().map(group).collect(),
        }
    }
}

impl Report {
    /// Makes the report of a plan.
    pub fn new(plan: &plan::Plan, server: &ServerInfo, outcome: &str) -> Self {
        let Planned { changes, groups } = Planned::new(plan);
        Self {
            version: VERSION,
            server: Server {
                product: server.product.clone(),
                version: server.version.clone(),
                database: server.database.clone(),
                host: server.host.clone(),
                user: server.user.clone(),
            },
            changes,
            groups,
            hazards: super::hazards(plan)
                .into_iter()
                .map(|(it, _)| hazard(it))
                .collect(),
            refusals: plan.refusals.iter().map(refusal).collect(),
            leftovers: plan
                .leftovers
                .iter()
                .map(|leftover| Leftover {
                    object: leftover.object.clone(),
                    kind: leftover.kind.clone(),
                    message: leftover.message.clone(),
                    warn: leftover.warn,
                })
                .collect(),
            notes: plan.notes.clone(),
            in_sync: plan
                .in_sync
                .iter()
                .map(|table| table.name.to_string())
                .collect(),
            summary: if plan.is_empty() {
                "In sync: nothing to do".into()
            } else {
                format!("Plan: {}", tally(&plan.changes))
            },
            fingerprint: plan.fingerprint.clone(),
            outcome: outcome.to_owned(),
        }
    }

    /// Replaces the refusals by those of an apply.
    #[must_use]
    pub fn refused(self, refusals: &[plan::Refusal]) -> Self {
        Self {
            refusals: refusals.iter().map(refusal).collect(),
            ..self
        }
    }

    /// Writes it as JSON with a line break at the end.
    pub fn write(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("has string keys alone");
        text + "\n"
    }

    /// Reads what [`Report::write`] wrote.
    ///
    /// # Errors
    ///
    /// It is no plan, or one of another version.
    pub fn read(text: &str) -> Result<Self, String> {
        const CURE: &str = "make a new one: sync --dry-run --save-plan FILE";
        let wrong = |error| format!("is not a plan: {error}; {CURE}");
        let value: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if version != Some(VERSION.into()) {
            return Err(format!("is not a plan of version {VERSION}; {CURE}"));
        }
        serde_json::from_value(value).map_err(wrong)
    }
}

fn change_line(plan: &plan::Plan, change: &Change) -> ChangeLine {
    let line = display::line(change);
    let verb = match line.sign {
        '+' => "add",
        '-' => "drop",
        _ => "alter",
    };
    ChangeLine {
        verb: verb.into(),
        kind: line.kind.into(),
        object: change.table().map(ToString::to_string),
        text: line.text,
        note: super::note(plan, change).to_owned(),
        source: change
            .table()
            .and_then(|table| plan.sources.get(table))
            .cloned(),
    }
}

fn group(group: &plan::Group) -> Group {
    let statements = group.steps.iter().flat_map(|step| {
        let hazards: Vec<String> = step
            .hazards
            .iter()
            .map(|hazard| hazard.kind.word().to_owned())
            .collect();
        step.statements.iter().map(move |statement| Statement {
            sql: statement.sql.clone(),
            lock: statement.lock.to_string(),
            work: statement.work.to_string(),
            hazards: hazards.clone(),
        })
    });
    Group {
        transaction: group.transaction,
        statements: statements.collect(),
    }
}

fn hazard(hazard: &step::Hazard) -> Hazard {
    Hazard {
        kind: hazard.kind.word().into(),
        message: hazard.message.clone(),
    }
}

fn refusal(refusal: &plan::Refusal) -> Refusal {
    Refusal {
        object: refusal.object.clone(),
        message: refusal.message.clone(),
        find: refusal.find.clone(),
        cures: refusal.cures.clone(),
    }
}
