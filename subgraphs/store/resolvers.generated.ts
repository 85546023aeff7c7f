import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ProcessedPoi as PoiModel, Location as LocationModel } from '../../schema/poi.ts';
import type { ChangeAt as ChangeModel, ChangePage as ChangePageModel } from './changes.ts';
import type { PoiPage as PoiPageModel, Nearby as NearbyModel } from './poi-page.ts';
import type { PoiVersion as PoiVersionModel, HistoryPage as HistoryPageModel } from './history-page.ts';
import type { StoreContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** Opaque and signed: positions in the log of processed changes. */
  Cursor: { input: string; output: string; }
  /** An instant, RFC 3339. Out: UTC with milliseconds or finer. In: any offset. */
  DateTime: { input: number; output: number; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** Opaque and signed: the position of one accepted record in the log of submissions. */
  Receipt: { input: string; output: string; }
};

/** A box on the map. west > east crosses the antimeridian, which is both -180 and 180. */
export type BoundingBoxInput = {
  /** degrees, -180 to 180 */
  readonly east: Scalars['Float']['input'];
  /** degrees, -90 to 90 */
  readonly north: Scalars['Float']['input'];
  /** degrees, -90 to 90 */
  readonly south: Scalars['Float']['input'];
  /** degrees, -180 to 180 */
  readonly west: Scalars['Float']['input'];
};

/** A page of the feed of changes. */
export type ChangeConnection = {
  readonly __typename?: 'ChangeConnection';
  /** There was nothing more when this was read. */
  readonly caughtUp: Scalars['Boolean']['output'];
  /** Ask `since: next` for what comes after. */
  readonly next: Scalars['Cursor']['output'];
  /** The changes, in the order of the log. */
  readonly nodes: ReadonlyArray<PoiChange>;
};

/** What happened to a POI. */
export type ChangeKind =
  /** It is new. */
  | 'CREATED'
  /** A record from before the current state: it entered the history only. */
  | 'LATE'
  /** It is gone. */
  | 'REMOVED'
  /** It has a new current state. */
  | 'UPDATED';

/** One engine. */
export type EngineStatus = {
  readonly __typename?: 'EngineStatus';
  /** What it has applied. */
  readonly asOf: Scalars['Cursor']['output'];
  /** Its name. */
  readonly engine: Scalars['String']['output'];
  /** It answers, and what changes gets into it. */
  readonly healthy: Scalars['Boolean']['output'];
  /** Processed changes not yet applied. */
  readonly lagRecords: Scalars['Int']['output'];
  /** Age of the oldest of them, in seconds; 0 when there is none. */
  readonly lagSeconds: Scalars['Float']['output'];
};

/** A value and how many POIs have it. */
export type Facet = {
  readonly __typename?: 'Facet';
  /** How many. */
  readonly count: Scalars['Int']['output'];
  /** The value. */
  readonly value: Scalars['String']['output'];
};

/** What can be counted by. */
export type FacetField =
  /** The whole category. */
  | 'CATEGORY'
  /** The source; POIs without one are left out. */
  | 'SOURCE'
  /** The status. */
  | 'STATUS';

/** Where something is (WGS 84). */
export type Location = {
  readonly __typename?: 'Location';
  /** The geohash cell that holds it. */
  readonly geohash: Scalars['String']['output'];
  /** degrees, -90 to 90 */
  readonly latitude: Scalars['Float']['output'];
  /** degrees, -180 to 180 */
  readonly longitude: Scalars['Float']['output'];
};


/** Where something is (WGS 84). */
export type LocationGeohashArgs = {
  precision?: InputMaybe<Scalars['Int']['input']>;
};

/** Where something is, in degrees (WGS 84). */
export type LocationInput = {
  /** -90 to 90 */
  readonly latitude: Scalars['Float']['input'];
  /** -180 to 180 */
  readonly longitude: Scalars['Float']['input'];
};

/** A circle on the map. */
export type NearInput = {
  /** degrees, -90 to 90 */
  readonly latitude: Scalars['Float']['input'];
  /** degrees, -180 to 180 */
  readonly longitude: Scalars['Float']['input'];
  /** great-circle metres, more than 0 */
  readonly radiusMeters: Scalars['Float']['input'];
};

/** A POI and how far away it is. */
export type NearbyPoi = {
  readonly __typename?: 'NearbyPoi';
  /** great-circle metres */
  readonly distanceMeters: Scalars['Float']['output'];
  /** The POI. */
  readonly poi: Poi;
};

/** Where a page lies (Relay). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The last edge's cursor. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** There is more after it. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** There is something before it. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first edge's cursor. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** A point of interest: its latest state, or with `asOf` its state at an instant. */
export type Poi = {
  readonly __typename?: 'Poi';
  /** Whatever else the producer sent along. */
  readonly attributes?: Maybe<Scalars['JSON']['output']>;
  /** `/` separates the levels. */
  readonly category: Scalars['String']['output'];
  /** The category's levels, the widest first. */
  readonly categoryPath: ReadonlyArray<Scalars['String']['output']>;
  /** In words. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** What was known of it, the newest event time first. From the store, when asked. */
  readonly history: PoiHistoryConnection;
  /** The producer's id. */
  readonly id: Scalars['ID']['output'];
  /** Where its picture is served, relative to the gateway. */
  readonly imageUrl?: Maybe<Scalars['String']['output']>;
  /** Its name in a language: the tag itself, then its shorter forms (`de-AT`, `de`); null when it has none. */
  readonly localName?: Maybe<Scalars['String']['output']>;
  /** Where it is. */
  readonly location: Location;
  /** Its name; empty only when it was removed before anything else was known of it. */
  readonly name: Scalars['String']['output'];
  /** The nearest other POIs. From the store, when asked. */
  readonly nearby: ReadonlyArray<NearbyPoi>;
  /** It is gone. Its last known state stays readable; the event of a removal repeats name, category, source, status and place of it. */
  readonly removed: Scalars['Boolean']['output'];
  /** Who said so. */
  readonly sourceId?: Maybe<Scalars['String']['output']>;
  /** Whether one can go there. */
  readonly status: PoiStatus;
  /** When this was true in the world (event time). */
  readonly timestamp: Scalars['DateTime']['output'];
  /** When the platform processed it. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /**
   * 1, 2, 3, ...: one per accepted current state. Where `asOf` comes upon a late record: that of the state before it in event time, 0 when
   * there is none.
   */
  readonly version: Scalars['Int']['output'];
};


/** A point of interest: its latest state, or with `asOf` its state at an instant. */
export type PoiHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first: Scalars['Int']['input'];
};


/** A point of interest: its latest state, or with `asOf` its state at an instant. */
export type PoiLocalNameArgs = {
  language: Scalars['String']['input'];
};


/** A point of interest: its latest state, or with `asOf` its state at an instant. */
export type PoiNearbyArgs = {
  first: Scalars['Int']['input'];
  radiusMeters?: InputMaybe<Scalars['Float']['input']>;
};

/** A POI changed. */
export type PoiChange = {
  readonly __typename?: 'PoiChange';
  /** The position after this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** The client's idempotency key, or a hash of the record. */
  readonly eventId: Scalars['ID']['output'];
  /** What happened. */
  readonly kind: ChangeKind;
  /** When it was true in the world (event time). */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The POI as this event tells it. */
  readonly poi: Poi;
  /** Where it was before; null when it is new. */
  readonly previousLocation?: Maybe<Location>;
  /** When the platform judged it. */
  readonly processedAt: Scalars['DateTime']['output'];
  /** The rule set that judged it. */
  readonly rulesVersion: Scalars['Int']['output'];
  /** The POI's version after this change. */
  readonly version: Scalars['Int']['output'];
};

/** A page of POIs. */
export type PoiConnection = {
  readonly __typename?: 'PoiConnection';
  /** Read before the rows: subscribe `after: asOf` to go on from this snapshot without a gap. */
  readonly asOf: Scalars['Cursor']['output'];
  /** The POIs with their cursors. */
  readonly edges: ReadonlyArray<PoiEdge>;
  /** Whether there is more. */
  readonly pageInfo: PageInfo;
  /** How many match on all pages, now. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A POI of a page. */
export type PoiEdge = {
  readonly __typename?: 'PoiEdge';
  /** Its place in the order. */
  readonly cursor: Scalars['String']['output'];
  /** The POI. */
  readonly node: Poi;
};

/** Which POIs are meant. All given conditions hold together; an empty list matches nothing. */
export type PoiFilter = {
  /** Inside this box, edges included. */
  readonly bbox?: InputMaybe<BoundingBoxInput>;
  /** Any of these categories or a level below one: `amenity` matches `amenity/cafe`. */
  readonly categories?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Any of these POIs. */
  readonly ids?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Within this circle, edge included. */
  readonly near?: InputMaybe<NearInput>;
  /** Inside this ring of 3 to 1,000 corners, which closes by itself; edges are straight in latitude and longitude and take the shorter way around the globe. */
  readonly polygon?: InputMaybe<ReadonlyArray<LocationInput>>;
  /** Any of these sources. */
  readonly sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Every word matches the start of a word of the name, the category or the description, without regard to case and diacritics. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
  /** Processed at or after this instant. */
  readonly updatedSince?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A page of a POI's history. */
export type PoiHistoryConnection = {
  readonly __typename?: 'PoiHistoryConnection';
  /** The records with their cursors. */
  readonly edges: ReadonlyArray<PoiHistoryEdge>;
  /** Whether there is more. */
  readonly pageInfo: PageInfo;
};

/** A record of a page of history. */
export type PoiHistoryEdge = {
  readonly __typename?: 'PoiHistoryEdge';
  /** Its place in the order. */
  readonly cursor: Scalars['String']['output'];
  /** The record. */
  readonly node: PoiVersion;
};

/** How POIs are ordered; ties by id. */
export type PoiOrder =
  /** The nearest to the centre of `filter.near` first. */
  | 'DISTANCE'
  /** By id, code point order. */
  | 'ID'
  /** By name, folded (case and diacritics do not count). */
  | 'NAME'
  /** The best match for `filter.text` first. */
  | 'RELEVANCE'
  /** The last processed first. */
  | 'UPDATED_AT';

/** Whether one can go there. */
export type PoiStatus =
  /** Closed for good. */
  | 'CLOSED'
  /** Open for visitors. */
  | 'OPEN'
  /** Closed for now. */
  | 'TEMPORARILY_CLOSED'
  /** Not known. */
  | 'UNKNOWN';

/** One record of a POI's history. */
export type PoiVersion = {
  readonly __typename?: 'PoiVersion';
  /** The category then. */
  readonly category: Scalars['String']['output'];
  /** The fields that differ from the record before it in event time. */
  readonly changed: ReadonlyArray<Scalars['String']['output']>;
  /** The client's idempotency key, or a hash of the record. */
  readonly eventId: Scalars['ID']['output'];
  /** What happened. */
  readonly kind: ChangeKind;
  /** The place then. */
  readonly location: Location;
  /** The name then. */
  readonly name: Scalars['String']['output'];
  /** When it was true in the world (event time). */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The rule set that judged it. */
  readonly rulesVersion: Scalars['Int']['output'];
  /** The version it became; null for one that came late and never was current. */
  readonly version?: Maybe<Scalars['Int']['output']>;
};

/** What can be asked. */
export type Query = {
  readonly __typename?: 'Query';
  /** The processed changes as a feed to poll: from the beginning of what is held, or from where the last page ended. */
  readonly changes: ChangeConnection;
  /** How many POIs there are by a field, the largest count first. */
  readonly facets: ReadonlyArray<Facet>;
  /** The nearest POIs, nearest first, however far away they are. */
  readonly nearest: ReadonlyArray<NearbyPoi>;
  /** One POI; null when the platform knows none of that id. A removed one comes with `removed: true`. */
  readonly poi?: Maybe<Poi>;
  /** What was known of one POI, the newest event time first; empty when nothing is known of it. */
  readonly poiHistory: PoiHistoryConnection;
  /** POIs page by page; removed ones are left out. Pages are stable under changes: nothing is shown twice, nothing that stays in place is skipped. */
  readonly pois: PoiConnection;
  /** Which engines serve, and how far behind the live stream they are. */
  readonly storeStatus: StoreStatus;
};


/** What can be asked. */
export type QueryChangesArgs = {
  filter?: InputMaybe<PoiFilter>;
  first: Scalars['Int']['input'];
  since?: InputMaybe<Scalars['Cursor']['input']>;
};


/** What can be asked. */
export type QueryFacetsArgs = {
  field: FacetField;
  filter?: InputMaybe<PoiFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. */
export type QueryNearestArgs = {
  filter?: InputMaybe<PoiFilter>;
  first: Scalars['Int']['input'];
  latitude: Scalars['Float']['input'];
  longitude: Scalars['Float']['input'];
};


/** What can be asked. */
export type QueryPoiArgs = {
  asOf?: InputMaybe<Scalars['DateTime']['input']>;
  atLeast?: InputMaybe<Scalars['Receipt']['input']>;
  id: Scalars['ID']['input'];
  waitMs?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. */
export type QueryPoiHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first: Scalars['Int']['input'];
  id: Scalars['ID']['input'];
};


/** What can be asked. */
export type QueryPoisArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  atLeast?: InputMaybe<Scalars['Receipt']['input']>;
  filter?: InputMaybe<PoiFilter>;
  first: Scalars['Int']['input'];
  orderBy?: InputMaybe<PoiOrder>;
  waitMs?: InputMaybe<Scalars['Int']['input']>;
};

/** The engines behind the queries. */
export type StoreStatus = {
  readonly __typename?: 'StoreStatus';
  /** Latest states and histories. */
  readonly records: EngineStatus;
  /** Place, text and counts. */
  readonly search: EngineStatus;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Poi: Poi;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Poi:
    ( { __typename: 'Poi' }
    & GraphQLRecursivePick<FederationTypes['Poi'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  BoundingBoxInput: BoundingBoxInput;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ChangeConnection: ResolverTypeWrapper<ChangePageModel>;
  ChangeKind: ChangeKind;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  EngineStatus: ResolverTypeWrapper<EngineStatus>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Facet: ResolverTypeWrapper<Facet>;
  FacetField: FacetField;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Location: ResolverTypeWrapper<LocationModel>;
  LocationInput: LocationInput;
  NearInput: NearInput;
  NearbyPoi: ResolverTypeWrapper<NearbyModel>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Poi: ResolverTypeWrapper<PoiModel>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PoiChange: ResolverTypeWrapper<ChangeModel>;
  PoiConnection: ResolverTypeWrapper<PoiPageModel>;
  PoiEdge: ResolverTypeWrapper<Omit<PoiEdge, 'node'> & { node: ResolversTypes['Poi'] }>;
  PoiFilter: PoiFilter;
  PoiHistoryConnection: ResolverTypeWrapper<HistoryPageModel>;
  PoiHistoryEdge: ResolverTypeWrapper<Omit<PoiHistoryEdge, 'node'> & { node: ResolversTypes['PoiVersion'] }>;
  PoiOrder: PoiOrder;
  PoiStatus: PoiStatus;
  PoiVersion: ResolverTypeWrapper<PoiVersionModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Receipt: ResolverTypeWrapper<Scalars['Receipt']['output']>;
  StoreStatus: ResolverTypeWrapper<StoreStatus>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  BoundingBoxInput: BoundingBoxInput;
  Float: Scalars['Float']['output'];
  ChangeConnection: ChangePageModel;
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  EngineStatus: EngineStatus;
  Int: Scalars['Int']['output'];
  Facet: Facet;
  JSON: Scalars['JSON']['output'];
  Location: LocationModel;
  LocationInput: LocationInput;
  NearInput: NearInput;
  NearbyPoi: NearbyModel;
  PageInfo: PageInfo;
  Poi: PoiModel;
  ID: Scalars['ID']['output'];
  PoiChange: ChangeModel;
  PoiConnection: PoiPageModel;
  PoiEdge: Omit<PoiEdge, 'node'> & { node: ResolversParentTypes['Poi'] };
  PoiFilter: PoiFilter;
  PoiHistoryConnection: HistoryPageModel;
  PoiHistoryEdge: Omit<PoiHistoryEdge, 'node'> & { node: ResolversParentTypes['PoiVersion'] };
  PoiVersion: PoiVersionModel;
  Query: Record<PropertyKey, never>;
  Receipt: Scalars['Receipt']['output'];
  StoreStatus: StoreStatus;
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
};

export type LinkDirectiveArgs = {
  import?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  url: Scalars['String']['input'];
};

export type LinkDirectiveResolver<Result, Parent, ContextType = StoreContext, Args = LinkDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ShareableDirectiveArgs = { };

export type ShareableDirectiveResolver<Result, Parent, ContextType = StoreContext, Args = ShareableDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ChangeConnectionResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['ChangeConnection'] = ResolversParentTypes['ChangeConnection']> = {
  caughtUp?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  next?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['PoiChange']>, ParentType, ContextType>;
};

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type EngineStatusResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['EngineStatus'] = ResolversParentTypes['EngineStatus']> = {
  asOf?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  engine?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  healthy?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lagRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lagSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type FacetResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['Facet'] = ResolversParentTypes['Facet']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type LocationResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['Location'] = ResolversParentTypes['Location']> = {
  geohash?: Resolver<ResolversTypes['String'], ParentType, ContextType, RequireFields<LocationGeohashArgs, 'precision'>>;
  latitude?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  longitude?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type NearbyPoiResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['NearbyPoi'] = ResolversParentTypes['NearbyPoi']> = {
  distanceMeters?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  poi?: Resolver<ResolversTypes['Poi'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PoiResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['Poi'] = ResolversParentTypes['Poi'], FederationReferenceType extends FederationReferenceTypes['Poi'] = FederationReferenceTypes['Poi']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Poi']> | FederationReferenceType, FederationReferenceType, ContextType>;
  attributes?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  categoryPath?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  history?: Resolver<ResolversTypes['PoiHistoryConnection'], ParentType, ContextType, RequireFields<PoiHistoryArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  imageUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  localName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<PoiLocalNameArgs, 'language'>>;
  location?: Resolver<ResolversTypes['Location'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nearby?: Resolver<ReadonlyArray<ResolversTypes['NearbyPoi']>, ParentType, ContextType, RequireFields<PoiNearbyArgs, 'first' | 'radiusMeters'>>;
  removed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sourceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PoiStatus'], ParentType, ContextType>;
  timestamp?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoiChangeResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiChange'] = ResolversParentTypes['PoiChange']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  eventId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  poi?: Resolver<ResolversTypes['Poi'], ParentType, ContextType>;
  previousLocation?: Resolver<Maybe<ResolversTypes['Location']>, ParentType, ContextType>;
  processedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rulesVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoiConnectionResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiConnection'] = ResolversParentTypes['PoiConnection']> = {
  asOf?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['PoiEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoiEdgeResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiEdge'] = ResolversParentTypes['PoiEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Poi'], ParentType, ContextType>;
};

export type PoiHistoryConnectionResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiHistoryConnection'] = ResolversParentTypes['PoiHistoryConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PoiHistoryEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PoiHistoryEdgeResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiHistoryEdge'] = ResolversParentTypes['PoiHistoryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PoiVersion'], ParentType, ContextType>;
};

export type PoiVersionResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['PoiVersion'] = ResolversParentTypes['PoiVersion']> = {
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  changed?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  eventId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  location?: Resolver<ResolversTypes['Location'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rulesVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  changes?: Resolver<ResolversTypes['ChangeConnection'], ParentType, ContextType, RequireFields<QueryChangesArgs, 'first'>>;
  facets?: Resolver<ReadonlyArray<ResolversTypes['Facet']>, ParentType, ContextType, RequireFields<QueryFacetsArgs, 'field' | 'first'>>;
  nearest?: Resolver<ReadonlyArray<ResolversTypes['NearbyPoi']>, ParentType, ContextType, RequireFields<QueryNearestArgs, 'first' | 'latitude' | 'longitude'>>;
  poi?: Resolver<Maybe<ResolversTypes['Poi']>, ParentType, ContextType, RequireFields<QueryPoiArgs, 'id' | 'waitMs'>>;
  poiHistory?: Resolver<ResolversTypes['PoiHistoryConnection'], ParentType, ContextType, RequireFields<QueryPoiHistoryArgs, 'first' | 'id'>>;
  pois?: Resolver<ResolversTypes['PoiConnection'], ParentType, ContextType, RequireFields<QueryPoisArgs, 'first' | 'orderBy' | 'waitMs'>>;
  storeStatus?: Resolver<ResolversTypes['StoreStatus'], ParentType, ContextType>;
};

export interface ReceiptScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Receipt'], any> {
  name: 'Receipt';
}

export type StoreStatusResolvers<ContextType = StoreContext, ParentType extends ResolversParentTypes['StoreStatus'] = ResolversParentTypes['StoreStatus']> = {
  records?: Resolver<ResolversTypes['EngineStatus'], ParentType, ContextType>;
  search?: Resolver<ResolversTypes['EngineStatus'], ParentType, ContextType>;
};

export type Resolvers<ContextType = StoreContext> = {
  ChangeConnection?: ChangeConnectionResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  EngineStatus?: EngineStatusResolvers<ContextType>;
  Facet?: FacetResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Location?: LocationResolvers<ContextType>;
  NearbyPoi?: NearbyPoiResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Poi?: PoiResolvers<ContextType>;
  PoiChange?: PoiChangeResolvers<ContextType>;
  PoiConnection?: PoiConnectionResolvers<ContextType>;
  PoiEdge?: PoiEdgeResolvers<ContextType>;
  PoiHistoryConnection?: PoiHistoryConnectionResolvers<ContextType>;
  PoiHistoryEdge?: PoiHistoryEdgeResolvers<ContextType>;
  PoiVersion?: PoiVersionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Receipt?: GraphQLScalarType;
  StoreStatus?: StoreStatusResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = StoreContext> = {
  link?: LinkDirectiveResolver<any, any, ContextType>;
  shareable?: ShareableDirectiveResolver<any, any, ContextType>;
};
