//! Lists: pages read when they are needed, and an end that always comes.
//!
//! A server that would lead in a circle (a cursor seen before), says that there is more but not where, or sends
//! nothing but empty pages ends the list with an error, never silently: a list that just stopped would look complete.

use std::collections::HashSet;
use std::vec;

use akua_model::{Page, PageQuery, Resource, request};

use crate::collection::Collection;
use crate::error::Error;

/// Empty pages in a row after which a list is given up.
const EMPTY_PAGES: u32 = 100;

/// The pages of a list, each read when it is asked for. Ends after the last page and after an error.
#[derive(Debug)]
#[must_use = "pages are read only when they are asked for"]
pub struct Pages<R> {
    collection: Collection<R>,
    /// The page to ask for next; `None` at the end.
    next: Option<PageQuery>,
    seen: HashSet<String>,
    empty: u32,
}

impl<R: Resource> Pages<R> {
    pub(crate) fn new(collection: Collection<R>, query: PageQuery) -> Self {
        let seen = query.start().map(str::to_owned).into_iter().collect();
        Self { collection, next: Some(query), seen, empty: 0 }
    }

    /// Where the list goes on after `page`, or why it can't.
    fn after(&mut self, query: &PageQuery, page: &Page<R>) -> Result<Option<PageQuery>, &'static str> {
        if !page.has_more {
            return Ok(None);
        }
        let cursor = match page.next_cursor.as_deref() {
            None | Some("") => return Err("the server says that the list goes on, but not where (has_more without next_cursor)"),
            Some(cursor) => cursor,
        };
        if !self.seen.insert(cursor.to_owned()) {
            return Err("the server leads in a circle: it gave the same next_cursor before");
        }
        self.empty = if page.data.is_empty() { self.empty + 1 } else { 0 };
        if self.empty >= EMPTY_PAGES {
            return Err("the server sent 100 empty pages in a row");
        }
        Ok(Some(query.clone().cursor(cursor)))
    }
}

impl<R: Resource> Iterator for Pages<R> {
    type Item = Result<Page<R>, Error>;

    /// The next page. The page before a circle is given; the error comes in place of the page after it.
    fn next(&mut self) -> Option<Self::Item> {
        todo!()
    }
}
