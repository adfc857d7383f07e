//! The rulebook that records stand and are listed by. With another one places and lists are made anew.

use crate::{
    Store, StoreError, contents,
    packs::{self, Kept, code, is_built_in, pack_of},
    pull::PROGRAM,
    tree::Tree,
};
use chrono::NaiveDate;
use model::{RecordRef, clock::vietnam};
use rulebook::{Pack, Rulebook};
use rusqlite::{Connection, OptionalExtension, Transaction};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wire::packs::{Manifest, in_force};

/// After the version, while rows of restricted cases could not be opened.
const SEALED_LEFT: &str = " but for sealed rows";

/// What a store works by.
pub(crate) struct Rules {
    /// The program's own.
    built_in: Arc<Rulebook>,
    present: Mutex<Arc<Rulebook>>,
    stack: Mutex<Stack>,
}

/// The publications that the present rulebook is made of, for which day.
#[derive(Default)]
struct Stack {
    serials: Vec<u64>,
    day: Option<NaiveDate>,
}

impl Rules {
    pub fn new(built_in: Arc<Rulebook>) -> Self {
        Self { present: Mutex::new(built_in.clone()), built_in, stack: Mutex::default() }
    }

    fn present(&self) -> MutexGuard<'_, Arc<Rulebook>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stack(&self) -> MutexGuard<'_, Stack> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The rules that records stand and are listed by now. Whoever writes asks for them within the transaction.
    pub fn rulebook(&self) -> Arc<Rulebook> {
        self.rules.present().clone()
    }

    /// Works by the packs that count today: by those that came, or by the program's own rules where none did. What
    /// can't be read of them is left aside. Quick where nothing is to be done.
    pub fn work_by_today(&self) -> Result<(), StoreError> {
        let day = self.today();
        let stack = &mut *self.rules.stack();
        if stack.day == Some(day) { Ok(()) } else { self.choose(stack, day) }
    }

    /// The same after packs came; those that begin on a day to come are tried too.
    pub fn work_by_new_packs(&self) -> Result<(), StoreError> {
        let stack = &mut *self.rules.stack();
        let day = self.today();
        let kept = self.read(packs::kept)?;
        let days = kept.iter().filter(|kept| kept.is_usable()).map(|kept| kept.manifest.from);
        for coming in days.filter(|from| *from > day).collect::<BTreeSet<_>>() {
            self.stack_of(coming)?;
        }
        self.choose(stack, day)
    }

    /// In Viet Nam.
    pub(crate) fn today(&self) -> NaiveDate {
        vietnam(&self.clock.now()).date_naive()
    }

    pub(crate) fn active_packs(&self) -> Vec<u64> {
        self.rules.stack().serials.clone()
    }

    fn choose(&self, stack: &mut Stack, day: NaiveDate) -> Result<(), StoreError> {
        let (serials, made) = self.stack_of(day)?;
        self.work_by(made, &serials)?;
        *stack = Stack { serials, day: Some(day) };
        Ok(())
    }

    /// The publications that count on a day with the rulebook that they make. One that spoils it is left aside, and what
    /// stands behind it counts.
    fn stack_of(&self, day: NaiveDate) -> Result<(Vec<u64>, Arc<Rulebook>), StoreError> {
        let own = Pack::built_in().about();
        loop {
            let kept = self.read(packs::kept)?;
            let usable: BTreeSet<u64> =
                kept.iter().filter(|kept| kept.is_usable()).map(|kept| kept.manifest.serial).collect();
            let manifests: Vec<Manifest> = kept.into_iter().map(|kept: Kept| kept.manifest).collect();
            let counting = in_force(&manifests, day, |pack| {
                usable.contains(&pack.serial) && !is_built_in(own.as_ref(), pack)
            });
            let Some(layers) = self.layers(&counting)? else { continue };
            if layers.serials.is_empty() {
                return Ok((Vec::new(), self.rules.built_in.clone()));
            }
            let made = match self.checked_before(&layers)? {
                Some(made) => Ok(made),
                None => Rulebook::layered(&layers.packs),
            };
            match made {
                Ok(made) => return Ok((layers.serials, Arc::new(made))),
                Err(_) => match layers.faulty() {
                    Some(faulty) => {
                        self.set_aside_packs([(faulty, code::FAULTY)].into_iter(), Some(PROGRAM))?
                    }
                    // Each alone goes with those below it.
                    None => return Ok((Vec::new(), self.rules.built_in.clone())),
                },
            }
        }
    }

    /// The layers of publications, bases first; `None` where one can't be read any more: its files are to come again.
    fn layers(&self, counting: &[&Manifest]) -> Result<Option<Layers>, StoreError> {
        let mut layers = Layers { packs: vec![Pack::built_in()], serials: Vec::new() };
        for manifest in counting {
            let Some(pack) = self.read(|db| pack_of(db, &self.vault, manifest))? else {
                self.write(|tx| packs::drop_contents(tx, manifest))?;
                return Ok(None);
            };
            if manifest.base.is_none() {
                layers.packs.clear();
            }
            layers.packs.push(pack);
            layers.serials.push(manifest.serial);
        }
        Ok(Some(layers))
    }

    /// What these make, if they were checked when they came: a phone doesn't check them at each start.
    fn checked_before(&self, layers: &Layers) -> Result<Option<Rulebook>, StoreError> {
        let Ok(made) = Rulebook::checked_before(&layers.packs) else { return Ok(None) };
        let known = self.read(|db| serials_of(db, made.version()))?;
        Ok(known.is_some_and(|serials| serials == layers.serials).then_some(made))
    }

    /// The rulebook of this version, made again of what is kept; `None`: the program's own. Where it can't be made any
    /// more (the program's own were others then) it is the present one.
    pub fn rulebook_of(&self, version: Option<&str>) -> Result<Arc<Rulebook>, StoreError> {
        let (present, built_in) = (self.rulebook(), &self.rules.built_in);
        let version = match version {
            None => return Ok(built_in.clone()),
            Some(version) if version == built_in.version() => return Ok(built_in.clone()),
            Some(version) if version == present.version() => return Ok(present),
            Some(version) => version,
        };
        let kept = self.read(packs::kept)?;
        let Some(serials) = self.read(|db| serials_of(db, version))? else { return Ok(present) };
        let of = |serial: &u64| kept.iter().map(|kept| &kept.manifest).find(|kept| kept.serial == *serial);
        let Some(manifests) = serials.iter().map(of).collect::<Option<Vec<_>>>() else { return Ok(present) };
        let Some(layers) = self.layers(&manifests)? else { return Ok(present) };
        let made = self.checked_before(&layers)?.filter(|made| made.version() == version);
        Ok(made.map_or(present, Arc::new))
    }

    /// From the commit on records stand and are listed by another rulebook: places and lists of every record that opens
    /// are made anew in one transaction, if another one made them.
    fn work_by(&self, rulebook: Arc<Rulebook>, serials: &[u64]) -> Result<(), StoreError> {
        let (whole, locked) = (rulebook.version().to_owned(), self.vault.is_locked());
        let in_part = format!("{whole}{SEALED_LEFT}");
        let (made_by, known) = self.read(|db| Ok((made_by(db)?, serials_of(db, &whole)?)))?;
        let is_followed = made_by == whole || (locked && made_by == in_part);
        if is_followed && (serials.is_empty() || known.as_deref() == Some(serials)) {
            *self.rules.present() = rulebook;
            return Ok(());
        }
        let followed = self.write_then(
            |tx| {
                if !serials.is_empty() {
                    let serials = serde_json::to_string(serials)?;
                    let keep = "INSERT OR REPLACE INTO stack (version, serials) VALUES (?1, ?2)";
                    tx.execute(keep, (&whole, serials))?;
                }
                if !is_followed {
                    follow(tx, Tree::new(tx, &self.vault, &rulebook, self.today())?, locked)?;
                    tx.execute("UPDATE device SET rulebook = ?1", [if locked { &in_part } else { &whole }])?;
                }
                Ok(())
            },
            || *self.rules.present() = rulebook.clone(),
        );
        match followed {
            // No reason to keep a worker out: lists stay as they were until there is room.
            Err(StoreError::Full) => {
                *self.rules.present() = rulebook.clone();
                Ok(())
            }
            followed => followed,
        }
    }

    /// Drops what packs, forms and drafts don't need any more.
    pub(crate) fn prune_packs(&self) -> Result<(), StoreError> {
        let (active, version) = (self.active_packs(), self.rulebook().version().to_owned());
        self.write(|tx| {
            tx.execute(
                "DELETE FROM stack WHERE version <> ?1
                 AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.rulebook = stack.version)",
                [version],
            )?;
            let mut select = tx.prepare("SELECT serials FROM stack")?;
            let stacks = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            let mut used: BTreeSet<u64> = active.into_iter().collect();
            for serials in stacks {
                used.extend(serde_json::from_str::<Vec<u64>>(&serials)?);
            }
            packs::prune(tx, &used)?;
            contents::sweep(tx)
        })
    }
}

/// Packs over each other, the national one first.
struct Layers {
    packs: Vec<Pack>,
    /// Of those that were published: all, or all but the first.
    serials: Vec<u64>,
}

impl Layers {
    /// The first that doesn't go with those below it.
    fn faulty(&self) -> Option<u64> {
        let built_in = self.packs.len() - self.serials.len();
        let spoils = |count: &usize| Rulebook::layered(&self.packs[..*count]).is_err();
        let first = (1..=self.packs.len()).find(spoils)?;
        self.serials.get(first.checked_sub(1 + built_in)?).copied()
    }
}

fn follow(tx: &Transaction<'_>, mut tree: Tree<'_>, locked: bool) -> Result<(), StoreError> {
    let mut select = tx.prepare("SELECT reference FROM record WHERE restricted = 0 OR ?1 ORDER BY n")?;
    let references = select.query_map([!locked], |row| row.get(0))?;
    for reference in references.collect::<Result<Vec<String>, _>>()? {
        let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
        tree.follow_rulebook(&reference)?;
    }
    tx.execute("DELETE FROM listing", [])?;
    tree.finish().map(drop)
}

fn made_by(db: &Connection) -> Result<String, StoreError> {
    Ok(db.query_row("SELECT rulebook FROM device", [], |row| row.get(0))?)
}

fn serials_of(db: &Connection, version: &str) -> Result<Option<Vec<u64>>, StoreError> {
    let select = "SELECT serials FROM stack WHERE version = ?1";
    let serials: Option<String> = db.query_row(select, [version], |row| row.get(0)).optional()?;
    serials.map(|serials| Ok(serde_json::from_str(&serials)?)).transpose()
}
