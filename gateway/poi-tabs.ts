/** The tabs that a newcomer finds in the editor: each shows one thing the platform does, on the demo data. */
import type { IdeTab } from './ide.ts'

export const POI_TABS: readonly IdeTab[] = [
  {
    name: '1 On the map',
    query: `# Everything in a box around the Alps. \`asOf\` is where to subscribe from to go on without a gap.
query OnTheMap($box: BoundingBoxInput!) {
  pois(filter: { bbox: $box }, first: 20) {
    totalCount
    asOf
    edges { node { id name category location { latitude longitude geohash(precision: 6) } } }
    pageInfo { hasNextPage endCursor }
  }
  nearest(latitude: 47.27, longitude: 11.39, first: 3) { distanceMeters poi { name } }
}
`,
    variables: '{ "box": { "west": 5.5, "south": 45.5, "east": 16.5, "north": 48.5 } }',
  },
  {
    name: '2 Search',
    query: `# Every word matches the start of a word, whatever its case or accents.
query Search($text: String!) {
  pois(filter: { text: $text }, orderBy: RELEVANCE, first: 20) {
    totalCount
    edges { node { id name localName(language: "en") category updatedAt history(first: 3) { edges { node { kind occurredAt changed } } } } }
  }
  facets(filter: { text: $text }, field: CATEGORY) { value count }
}
`,
    variables: '{ "text": "munich airp" }',
  },
  {
    name: '3 Send a POI',
    query: `# Durable in the log once this answers; then watch it arrive in the tab "Live".
mutation Send($input: PoiInput!) {
  submitPoi(input: $input) {
    __typename
    ... on PoiAccepted { id receipt acceptedAt }
    ... on PoiRefused { faults { field code message } }
  }
}
`,
    variables: `{
  "input": {
    "id": "my-first-poi",
    "sourceId": "me",
    "name": "My first POI",
    "category": "test/first",
    "location": { "latitude": 48.1371, "longitude": 11.5754 },
    "timestamp": "2026-01-01T12:00:00Z"
  }
}`,
  },
  {
    name: '4 Live',
    query: `# Runs until you stop it. Each event carries the cursor to resume after: \`poiChanges(after: "...")\`.
# One event a second is as much as an editor shows well; leave \`delivery\` out to get every one.
subscription Live {
  poiChanges(delivery: { mode: LATEST_PER_POI, maxPerSecond: 1 }) {
    __typename
    cursor
    ... on PoiChange { kind poi { id name } }
  }
}
`,
  },
]
