//! Lists: pages read when they are needed, and an end that always comes.
//!
//! A server that leads in a circle (a cursor seen before), says that there is more but not where, or sends nothing but
//! empty pages ends the list with an error, never silently: a list that just stopped would look complete.

use std::collections::HashSet;
use std::time::Duration;
use std::vec;

use akua_model::{Listed, Page, PageQuery, request};

use crate::collection::Collection;
use crate::error::Error;

/// Empty pages in a row after which a list is given up.
const EMPTY_PAGES: u32 = 100;

impl<R: Listed> Collection<R> {
    /// All of them, one after the other, read page by page as the iterator gets there.
    ///
    /// Each page is a call of its own, with its own timeout. A list that changes meanwhile may show an item twice or
    /// not at all: that is up to the server.
    pub fn list(&self) -> Items<R> {
        self.list_from(PageQuery::default())
    }

    /// As [`list`](Self::list), with pages of another size or beginning where an earlier page ended.
    pub fn list_from(&self, query: PageQuery) -> Items<R> {
        Items::new(self.pages_from(query))
    }

    /// All of them, page by page.
    pub fn pages(&self) -> Pages<R> {
        self.pages_from(PageQuery::default())
    }

    /// As [`pages`](Self::pages), with pages of another size or beginning where an earlier page ended.
    pub fn pages_from(&self, query: PageQuery) -> Pages<R> {
        Pages::new(self.clone(), query)
    }
}

/// The pages of a list, each read when it is asked for. Ends after the last page and after an error.
#[derive(Debug)]
#[must_use = "pages are read only when they are asked for"]
pub struct Pages<R> {
    collection: Collection<R>,
    query: PageQuery,
    next: Next,
    /// Every cursor that the server has given, to notice a circle.
    seen: HashSet<String>,
    empty_in_a_row: u32,
}

#[derive(Debug)]
enum Next {
    /// Ask for the page that the query names.
    Page,
    /// The last page was given, and the list can't go on.
    Broken(&'static str),
    End,
}

impl<R: Listed> Pages<R> {
    pub(crate) fn new(collection: Collection<R>, query: PageQuery) -> Self {
        Self {
            collection,
            query,
            next: Next::Page,
            seen: HashSet::new(),
            empty_in_a_row: 0,
        }
    }

    /// Sets the time that each page may take from now on. As [`Collection::timeout`] does for a call: for a page that was
    /// asked for earlier than it can be read.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.collection.timeout = Some(timeout);
    }

    /// Takes note of where the list goes on after `page`.
    fn after(&mut self, page: &Page<R>) -> Next {
        if !page.has_more {
            return Next::End;
        }
        let Some(cursor) = page.next_cursor.as_deref().filter(|cursor| !cursor.is_empty()) else {
            return Next::Broken("the list goes on, says the server, but not where: `has_more` without `next_cursor`");
        };
        if !self.seen.insert(cursor.to_owned()) {
            return Next::Broken("the list leads in a circle: the server has given the same `next_cursor` before");
        }
        self.empty_in_a_row = if page.data.is_empty() {
            self.empty_in_a_row + 1
        } else {
            0
        };
        if self.empty_in_a_row >= EMPTY_PAGES {
            return Next::Broken("the list does not come to an end: the server has sent 100 empty pages in a row");
        }
        self.query = self.query.clone().cursor(cursor);
        Next::Page
    }
}

impl<R: Listed> Iterator for Pages<R> {
    type Item = Result<Page<R>, Error>;

    /// The next page. What the server has sent is given before the error that ends the list.
    fn next(&mut self) -> Option<Self::Item> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::End => None,
            Next::Broken(why) => {
                let request = request::list::<R>(&self.query, self.collection.effective_context());
                let about = self.collection.exchange(&request).about();
                Some(Err(Error::endless(&about, why)))
            }
            Next::Page => {
                let page = self.collection.page(&self.query);
                if let Ok(page) = &page {
                    self.next = self.after(page);
                }
                Some(page)
            }
        }
    }
}

/// The items of a list, one after the other, its pages read when they are needed. Ends after the last item and after
/// an error.
#[derive(Debug)]
#[must_use = "items are read only when they are asked for"]
pub struct Items<R> {
    pages: Pages<R>,
    page: vec::IntoIter<R>,
}

impl<R: Listed> Items<R> {
    pub(crate) fn new(pages: Pages<R>) -> Self {
        Self {
            pages,
            page: Vec::new().into_iter(),
        }
    }
}

impl<R: Listed> Iterator for Items<R> {
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.data.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
