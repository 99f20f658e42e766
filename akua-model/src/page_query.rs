//! Which page of a list is asked for.

use crate::api::OwnerType;
use crate::error::Error;
use crate::id::{ClusterId, id_problem};
use crate::limits;
use crate::resource::Listed;
use crate::validation::range_message;

/// Which page of a list to ask for: the first one, of the server's default size, unless said otherwise.
///
/// ```
/// use akua_model::PageQuery;
/// let query = PageQuery::default().limit(100)?;
/// assert!(PageQuery::default().limit(101).is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    pub(crate) filters: Vec<(&'static str, String)>,
    pub(crate) limit: Option<u64>,
    pub(crate) cursor: Option<String>,
}

impl PageQuery {
    /// How many items a page is to have at most: 1 to 100; without it a server takes 50.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it is out of range. Nothing was sent.
    pub fn limit(mut self, items: u64) -> Result<Self, Error> {
        let allowed = limits::PAGE_ITEMS;
        if !(allowed.min..=allowed.max).contains(&items) {
            return Err(Error::invalid("limit", range_message(allowed)));
        }
        self.limit = Some(items);
        Ok(self)
    }

    /// Only operations about this: the query of a list of operations, and of no other.
    ///
    /// ```
    /// use akua_model::{Operation, OwnerType, PageQuery, request};
    /// let query = PageQuery::default().owner(&OwnerType::Cluster, "clu_1");
    /// let request = request::list::<Operation>(&query, None);
    /// assert_eq!(request.path(), "/v1/operations?owner_type=cluster&owner_id=clu_1");
    /// ```
    #[must_use]
    pub fn owner(self, owner_type: &OwnerType, owner_id: impl Into<String>) -> Self {
        self.only("owner_type", owner_type.as_str()).only("owner_id", owner_id)
    }

    /// Only what stands below this cluster: the query of a list of worker bootstraps, which needs it, and of no other.
    ///
    /// ```
    /// use akua_model::{PageQuery, WorkerBootstrap, request};
    /// let query = PageQuery::default().cluster(&"clu_1".parse()?);
    /// let request = request::list::<WorkerBootstrap>(&query, None);
    /// assert_eq!(request.path(), "/v1/clusters/clu_1/worker_bootstraps");
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    #[must_use]
    pub fn cluster(self, id: &ClusterId) -> Self {
        self.only("cluster_id", id.as_str())
    }

    /// What is given for a property that it is narrowed by.
    pub(crate) fn given(&self, property: &str) -> Option<&str> {
        let given = self.filters.iter().find(|(known, _)| *known == property);
        given.map(|(_, value)| value.as_str())
    }

    /// Only what has this value of a property; one that was given for it before is forgotten. [`check`](Self::check) says
    /// whether a list takes it.
    #[doc(hidden)]
    #[must_use]
    pub fn only(mut self, property: &'static str, value: impl Into<String>) -> Self {
        self.filters.retain(|(known, _)| *known != property);
        self.filters.push((property, value.into()));
        self
    }

    /// Whether a list of this kind takes the query.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it can't be narrowed so: by another property, or not by all of those
    /// that go together, which a server could pass over. Nothing was sent.
    pub fn check<R: Listed>(&self) -> Result<(), Error> {
        let given = |name: &str| self.filters.iter().find(|(known, _)| *known == name);
        if let Some((name, _)) = self.filters.iter().find(|(name, _)| !R::FILTERS.contains(name)) {
            let problem = format!("is nothing that a list of {}s can be narrowed by", R::NOUN);
            return Err(Error::invalid(name, problem));
        }
        for name in R::FILTERS {
            match given(name) {
                None if self.filters.is_empty() && R::BELOW.is_none() => {}
                None if R::BELOW.is_some() => return Err(Error::invalid(name, "is missing (it has to be given)")),
                None => {
                    let problem = format!("is missing ({} go together)", R::FILTERS.join(" and "));
                    return Err(Error::invalid(name, problem));
                }
                Some((_, value)) if R::BELOW.is_some() => {
                    // It becomes a part of the path.
                    if let Some(problem) = id_problem(value, limits::CLUSTER_ID) {
                        return Err(Error::invalid(name, problem));
                    }
                }
                Some((_, value)) if value.is_empty() => return Err(Error::invalid(name, "is empty")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Goes on where a page ended: its `next_cursor`.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }
}
