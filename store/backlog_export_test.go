package store

// BacklogQuery is what Backlog asks.
const BacklogQuery = backlogQuery
