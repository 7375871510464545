//! Walking through all pages of a list.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use clerk_errors::api::ApiError;
use clerk_http::{ApiClient, BoxFuture};
use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::{
    Call, Page,
    query::{Query, WriteQuery},
    route::Route,
};

/// How many items a page holds when nothing was asked for.
const DEFAULT_LIMIT: usize = 100;

/// All items of a list, page by page: a [`Stream`] of items.
///
/// ```
/// # async fn example(mut pager: clerk_api::Pager<String>) -> Result<(), clerk_errors::api::ApiError> {
/// while let Some(item) = pager.next_item().await? {
///     println!("{item}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "pages are fetched when they are asked for"]
pub struct Pager<T> {
    client: ApiClient,
    route: &'static Route,
    ids: Vec<String>,
    query: Query,
    limit: usize,
    position: Position,
    /// The id of an item, where the list is walked by ids.
    id_of: Option<fn(&T) -> &str>,
    items: std::vec::IntoIter<T>,
    pending: Option<BoxFuture<Result<Page<T>, ApiError>>>,
}

#[derive(Debug, Clone)]
enum Position {
    Offset(usize),
    After(Option<String>),
    End,
}

impl<T: DeserializeOwned + 'static> Pager<T> {
    /// A pager over offsets.
    pub(crate) fn offset(
        client: &ApiClient,
        route: &'static Route,
        ids: &[&str],
        params: impl WriteQuery,
    ) -> Self {
        let mut query = Query::of(params);
        let start = query
            .take("offset")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        Self::new(client, route, ids, query, Position::Offset(start), None)
    }

    /// A pager by the id of the last item, where the order allows it; else over offsets.
    #[allow(dead_code, reason = "only users are walked by ids")]
    pub(crate) fn cursor(
        client: &ApiClient,
        route: &'static Route,
        params: impl WriteQuery,
        id_of: fn(&T) -> &str,
    ) -> Self {
        let mut query = Query::of(&params);
        let by_age = query
            .find("order_by")
            .is_none_or(|order| order.trim_start_matches(['+', '-']) == "created_at");
        if !by_age || query.find("offset").is_some() {
            return Self::offset(client, route, &[], params);
        }
        let after = query.take("starting_after");
        Self::new(
            client,
            route,
            &[],
            query,
            Position::After(after),
            Some(id_of),
        )
    }

    fn new(
        client: &ApiClient,
        route: &'static Route,
        ids: &[&str],
        mut query: Query,
        position: Position,
        id_of: Option<fn(&T) -> &str>,
    ) -> Self {
        let asked = query.take("limit").and_then(|text| text.parse().ok());
        Self {
            client: client.clone(),
            route,
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            query,
            limit: asked.filter(|limit| *limit > 0).unwrap_or(DEFAULT_LIMIT),
            position,
            id_of,
            items: Vec::new().into_iter(),
            pending: None,
        }
    }

    /// The next page; none after the last one.
    ///
    /// After an error the same page is asked for again.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, ApiError> {
        let Some(call) = self.call() else {
            return Ok(None);
        };
        let page = call.await?;
        self.advance(&page);
        Ok((!page.data.is_empty()).then_some(page))
    }

    /// The next item; none after the last one.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call that fetches the item's page.
    pub async fn next_item(&mut self) -> Result<Option<T>, ApiError> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            match self.next_page().await? {
                Some(page) => self.items = page.data.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// The call for the page at the current position.
    fn call(&self) -> Option<Call<Page<T>>> {
        let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let mut query = self.query.clone();
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        query.option("limit", Some(&limit));
        match &self.position {
            Position::End => return None,
            Position::Offset(offset) => {
                query.option("offset", Some(&i64::try_from(*offset).unwrap_or(i64::MAX)));
            }
            Position::After(id) => query.option("starting_after", id.as_ref()),
        }
        Some(Call::json(&self.client, self.route, &ids).pairs(&query))
    }

    /// A page that is empty or short is the last one: a wrong total cannot make it go on forever.
    fn advance(&mut self, page: &Page<T>) {
        let got = page.data.len();
        let short = got == 0 || got < self.limit;
        self.position = match (&self.position, self.id_of, page.data.last()) {
            (Position::Offset(offset), ..) => {
                let next = offset + got;
                // The server may allow less than was asked for: then the total decides.
                let more = match page.total_count {
                    Some(total) => got > 0 && u64::try_from(next).is_ok_and(|next| next < total),
                    None => !short,
                };
                if more {
                    Position::Offset(next)
                } else {
                    Position::End
                }
            }
            (Position::After(before), Some(id_of), Some(last)) if !short => {
                let id = id_of(last).to_owned();
                // The same id again would fetch the same page again.
                if before.as_deref() == Some(id.as_str()) {
                    Position::End
                } else {
                    Position::After(Some(id))
                }
            }
            _ => Position::End,
        };
    }
}

impl<T: DeserializeOwned + Unpin + 'static> Stream for Pager<T> {
    type Item = Result<T, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let this = &mut *self;
            if this.pending.is_none() {
                let Some(call) = this.call() else {
                    return Poll::Ready(None);
                };
                this.pending = Some(call.into_future());
            }
            let Some(pending) = &mut this.pending else {
                return Poll::Ready(None);
            };
            let page = match pending.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(page) => page,
            };
            this.pending = None;
            match page {
                Ok(page) => {
                    this.advance(&page);
                    this.items = page.data.into_iter();
                }
                Err(error) => {
                    // A stream that goes on after an error would repeat it forever in a careless loop.
                    this.position = Position::End;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("limit", &self.limit)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
