//! The forms of statements that we emit, and what each costs on the server: one table, from which
//! the plan takes its locks and its work, and which the test `ledger` holds against a server.

use crate::step::{Lock, Statement, Work};

/// What a statement of a form takes and does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The strongest lock on the table that it names first, and on its partitions.
    pub lock: Lock,
    /// The strongest lock on other tables: the referenced one, the parent, those of a type.
    pub others: Lock,
    /// What it reads or writes under these locks.
    pub work: Work,
}

macro_rules! forms {
    ($($name:ident $word:literal: $lock:ident, $others:ident, $work:ident;)*) => {
        /// The form of a statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Form {
            $(#[doc = $word] $name,)*
        }

        impl Form {
            /// All forms.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns its name.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Returns what it costs, on every version that is supported.
            pub fn cost(self) -> Cost {
                match self {
                    $(Self::$name => Cost {
                        lock: Lock::$lock,
                        others: Lock::$others,
                        work: Work::$work,
                    },)*
                }
            }
        }
    };
}

// Form                                                    the table             other tables          work
forms! {
    CreateSchema "create schema":                          None,                 None,                 Brief;
    DropSchema "drop schema":                              None,                 None,                 Brief;
    CreateExtension "create extension":                    None,                 None,                 Brief;
    AlterExtension "alter extension":                      None,                 None,                 Brief;
    DropExtension "drop extension":                        None,                 None,                 Brief;

    CreateType "create type":                              None,                 None,                 Brief;
    DropType "drop type":                                  None,                 None,                 Brief;
    RenameType "rename type":                              None,                 None,                 Brief;
    AddLabel "add enum value":                             None,                 None,                 Brief;
    RenameLabel "rename enum value":                       None,                 None,                 Brief;
    AlterComposite "alter composite type":                 None,                 None,                 Brief;
    AlterDomain "alter domain":                            None,                 None,                 Brief;
    SetDomainNotNull "domain set not null":                None,                 Share,                Scan;
    AddDomainCheck "domain add check":                     None,                 Share,                Scan;
    AddDomainCheckNotValid "domain add check not valid":   None,                 None,                 Brief;
    ValidateDomainCheck "domain validate check":           None,                 Share,                Scan;

    CreateFunction "create function":                      None,                 None,                 Brief;

    CreateSequence "create sequence":                      None,                 None,                 Brief;
    AlterSequence "alter sequence":                        None,                 None,                 Brief;
    DropSequence "drop sequence":                          None,                 None,                 Brief;
    KeepNumber "keep the last number":                     None,                 None,                 Brief;
    RestartSequence "set sequence to the largest value":   None,                 None,                 Scan;

    CreateTable "create table":                            None,                 None,                 Brief;
    CreatePartition "create partition":                    AccessExclusive,      None,                 Scan;
    DropTable "drop table":                                AccessExclusive,      None,                 Brief;
    DropPartition "drop partition":                        AccessExclusive,      AccessExclusive,      Brief;
    LockTable "lock table":                                AccessExclusive,      None,                 Brief;
    RenameTable "rename table":                            AccessExclusive,      None,                 Brief;
    SetLogged "set logged":                                AccessExclusive,      None,                 Rewrite;
    SetParameters "set storage parameters":                ShareUpdateExclusive, None,                 Brief;
    ReplicaIdentity "replica identity":                    AccessExclusive,      None,                 Brief;
    RowSecurity "row level security":                      AccessExclusive,      None,                 Brief;
    SetTablespace "set tablespace":                        AccessExclusive,      None,                 Rewrite;
    SetAccessMethod "set access method":                   AccessExclusive,      None,                 Rewrite;
    ClusterOn "cluster on":                                ShareUpdateExclusive, None,                 Brief;
    AttachPartition "attach partition":                    ShareUpdateExclusive, AccessExclusive,      Scan;
    AttachBesideDefault "attach partition beside default": AccessExclusive,      AccessExclusive,      Scan;
    AttachProven "attach partition, proven":               ShareUpdateExclusive, AccessExclusive,      Brief;
    AttachProvenBesideDefault "attach partition beside default, proven": AccessExclusive, AccessExclusive, Brief;
    AttachNew "attach new partition":                      ShareUpdateExclusive, ShareRowExclusive,    Brief;
    DetachPartition "detach partition":                    AccessExclusive,      None,                 Brief;
    DetachConcurrently "detach partition concurrently":    ShareUpdateExclusive, AccessExclusive,      Brief;
    DetachFinalize "finish detach partition":              ShareUpdateExclusive, AccessExclusive,      Brief;
    AddParent "inherit":                                   AccessExclusive,      ShareUpdateExclusive, Brief;
    DropParent "no inherit":                               AccessExclusive,      None,                 Brief;
    RowType "of a type":                                   AccessExclusive,      None,                 Brief;

    AddColumn "add column":                                AccessExclusive,      None,                 Brief;
    AddColumnRewrite "add column, computed by row":        AccessExclusive,      None,                 Rewrite;
    DropColumn "drop column":                              AccessExclusive,      None,                 Brief;
    RenameColumn "rename column":                          AccessExclusive,      None,                 Brief;
    Retype "alter column type":                            AccessExclusive,      AccessExclusive,      Brief;
    RetypeScan "alter column type under a check":          AccessExclusive,      AccessExclusive,      Scan;
    RetypeIndex "alter column type under an index":        AccessExclusive,      AccessExclusive,      Index;
    RetypeRewrite "alter column type, another form":       AccessExclusive,      AccessExclusive,      Rewrite;
    SetDefault "set default":                              AccessExclusive,      None,                 Brief;
    DropNotNull "drop not null":                           AccessExclusive,      None,                 Brief;
    SetNotNull "set not null":                             AccessExclusive,      None,                 Scan;
    SetNotNullProven "set not null, proven":               AccessExclusive,      None,                 Brief;
    AddNotNull "add not null not valid":                   AccessExclusive,      None,                 Brief;
    AlterIdentity "alter identity":                        AccessExclusive,      None,                 Brief;
    DropExpression "drop expression":                      AccessExclusive,      None,                 Brief;
    SetExpression "set expression":                        AccessExclusive,      None,                 Rewrite;
    SetExpressionVirtual "set expression of a virtual column": AccessExclusive,  None,                 Brief;
    SetStorage "set storage":                              AccessExclusive,      None,                 Brief;
    SetStatistics "set statistics":                        ShareUpdateExclusive, None,                 Brief;
    SetColumnOptions "set column options":                 ShareUpdateExclusive, None,                 Brief;
    Backfill "fill a column":                              None,                 None,                 Scan;

    AddCheck "add check":                                  AccessExclusive,      None,                 Scan;
    AddCheckNotValid "add check not valid":                AccessExclusive,      None,                 Brief;
    AddForeignKey "add foreign key":                       ShareRowExclusive,    ShareRowExclusive,    Scan;
    AddForeignKeyNotValid "add foreign key not valid":     ShareRowExclusive,    ShareRowExclusive,    Brief;
    AdoptForeignKey "add foreign key that partitions have": ShareRowExclusive,   AccessExclusive,      Brief;
    AddKey "add key":                                      AccessExclusive,      None,                 Index;
    AddKeyOnly "add key on only":                          AccessExclusive,      None,                 Brief;
    AddKeyUsingIndex "add key using index":                AccessExclusive,      None,                 Brief;
    AddExclusion "add exclusion":                          AccessExclusive,      None,                 Index;
    Validate "validate constraint":                        ShareUpdateExclusive, None,                 Scan;
    DropConstraint "drop constraint":                      AccessExclusive,      None,                 Brief;
    DropForeignKey "drop foreign key":                     AccessExclusive,      AccessExclusive,      Brief;
    RenameConstraint "rename constraint":                  AccessExclusive,      None,                 Brief;
    AlterConstraint "alter constraint":                    AccessExclusive,      None,                 Brief;

    CreateIndex "create index":                            Share,                None,                 Index;
    CreateIndexOnly "create index on only":                Share,                None,                 Brief;
    AttachIndex "attach index":                            AccessExclusive,      None,                 Brief;
    CreateIndexConcurrently "create index concurrently":   ShareUpdateExclusive, None,                 Index;
    DropIndex "drop index":                                AccessExclusive,      None,                 Brief;
    DropIndexConcurrently "drop index concurrently":       ShareUpdateExclusive, None,                 Brief;
    RenameIndex "rename index":                            None,                 None,                 Brief;
    AlterIndex "alter index":                              None,                 None,                 Brief;
    CreateStatistics "create statistics":                  ShareUpdateExclusive, None,                 Brief;
    AlterStatistics "alter statistics":                    None,                 None,                 Brief;
    DropStatistics "drop statistics":                      None,                 ShareUpdateExclusive, Brief;

    CommentTable "comment on a table":                     ShareUpdateExclusive, None,                 Brief;
    Comment "comment on another object":                   None,                 None,                 Brief;
    Privileges "give to whoever had it":                   None,                 None,                 Brief;
    DropOther "drop what is not managed":                  AccessExclusive,      AccessExclusive,      Brief;
    CreateOther "create what is not managed":              AccessExclusive,      AccessExclusive,      Scan;
}

impl Form {
    /// Makes a statement of this form.
    pub(super) fn sql(self, sql: impl Into<String>) -> Statement {
        let cost = self.cost();
        Statement {
            form: self.word(),
            ..Statement::new(sql)
        }
        .lock(cost.lock.max(cost.others))
        .work(cost.work)
    }

    /// Returns the form of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.word() == word)
    }
}

/// Tells whether statements that commit together take several tables: who does so may come to wait
/// for one that waits for it.
pub(super) fn take_several<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> bool {
    let mut strong = 0;
    for statement in statements {
        if takes_others(statement) {
            return true;
        }
        strong += usize::from(statement.lock > Lock::ShareUpdateExclusive);
    }
    strong > 1
}

/// Tells whether a statement locks another table than its own against writers.
pub(super) fn takes_others(statement: &Statement) -> bool {
    let others = Form::named(statement.form).map_or(Lock::None, |form| form.cost().others);
    others > Lock::ShareUpdateExclusive
}
