import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { StreamEvent as StreamEventModel, PoiChange as PoiChangeModel, StreamGap as StreamGapModel, StreamHeartbeat as StreamHeartbeatModel } from './feed-event.ts';
import type { ProcessedPoi as PoiModel, Location as LocationModel } from '../../schema/poi.ts';
import type { RequestContext } from '../../runtime/subgraph.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A whole number as a decimal string. */
  BigInt: { input: bigint; output: bigint; }
  /** Opaque and signed: positions in the log of processed changes. */
  Cursor: { input: string; output: string; }
  /** An instant, RFC 3339. Out: UTC with milliseconds or finer. In: any offset. */
  DateTime: { input: number; output: number; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
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

/** How a subscriber wants its events. */
export type Delivery = {
  /**
   * At most so many changes a second, more than 0; gaps do not count. ALL then samples, and tells of what it leaves out by a StreamGap right
   * before the next change; LATEST_PER_POI holds the newest of each POI back.
   */
  readonly maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
  /** ALL unless told. */
  readonly mode?: DeliveryMode;
};

/** Which events a subscriber gets when there are more than it takes. */
export type DeliveryMode =
  /** Every one, in order. */
  | 'ALL'
  /** The newest of each POI; an older one still waiting is replaced by it. */
  | 'LATEST_PER_POI';

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

/** The state of the processor and of the live stream. */
export type PipelineStatus = {
  readonly __typename?: 'PipelineStatus';
  /** The newest position of the live stream. */
  readonly asOf: Scalars['Cursor']['output'];
  /** Submissions not yet processed. */
  readonly lagRecords: Scalars['Int']['output'];
  /** The engine of the log, in words. */
  readonly log: Scalars['String']['output'];
  /** Submissions processed so far, all partitions. */
  readonly processed: Scalars['BigInt']['output'];
  /** The rule set in force. */
  readonly rulesVersion: Scalars['Int']['output'];
  /** Subscribers of this process. */
  readonly subscribers: Scalars['Int']['output'];
};

/**
 * A point of interest. Inside an event these fields are the event's own: they tell the POI as it was then, whatever happened since.
 * `history` and `nearby` are read from the store when the event is delivered.
 */
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


/**
 * A point of interest. Inside an event these fields are the event's own: they tell the POI as it was then, whatever happened since.
 * `history` and `nearby` are read from the store when the event is delivered.
 */
export type PoiLocalNameArgs = {
  language: Scalars['String']['input'];
};

/** A POI changed. */
export type PoiChange = StreamEvent & {
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

/** What can be asked. */
export type Query = {
  readonly __typename?: 'Query';
  /** How far the processor is, and who listens. */
  readonly pipelineStatus: PipelineStatus;
};

/** A replay of a part of the log. */
export type ReplayJob = {
  readonly __typename?: 'ReplayJob';
  /** Records processed again. */
  readonly done: Scalars['BigInt']['output'];
  /** Why it failed. */
  readonly error?: Maybe<Scalars['String']['output']>;
  /** Seconds until done at that speed; null when not running. */
  readonly etaSeconds?: Maybe<Scalars['Float']['output']>;
  /** Its id. */
  readonly id: Scalars['ID']['output'];
  /** The speed of late. */
  readonly recordsPerSecond: Scalars['Float']['output'];
  /** The rule set it judges by. */
  readonly rulesVersion: Scalars['Int']['output'];
  /** Where it stands. */
  readonly state: ReplayState;
  /** Records in range. */
  readonly total: Scalars['BigInt']['output'];
};

/** The states of a replay. */
export type ReplayState =
  /** Stopped on request. */
  | 'CANCELLED'
  /** Done. */
  | 'COMPLETED'
  /** Stopped by an error. */
  | 'FAILED'
  /** Paused; it can be resumed. */
  | 'PAUSED'
  /** Planned, not started. */
  | 'PLANNED'
  /** Running. */
  | 'RUNNING';

/** One event of the stream. Resume with `after: cursor`: nothing is lost and nothing repeated. */
export type StreamEvent = {
  /** The position after this event. */
  readonly cursor: Scalars['Cursor']['output'];
};

/** Events were dropped because the subscriber was too slow or asked for fewer: told, never silent. */
export type StreamGap = StreamEvent & {
  readonly __typename?: 'StreamGap';
  /** The position after the gap; the same as `to`. */
  readonly cursor: Scalars['Cursor']['output'];
  /** How many matching events were dropped. */
  readonly dropped: Scalars['Int']['output'];
  /** Resume `after: from` to read what was dropped. */
  readonly from: Scalars['Cursor']['output'];
  /** Where the stream goes on. */
  readonly to: Scalars['Cursor']['output'];
};

/**
 * Nothing for this subscriber for a while. It also moves the cursor over events that its filter leaves out. A subscription without `after`
 * begins with one, so that there is a cursor to resume from before the first event.
 */
export type StreamHeartbeat = StreamEvent & {
  readonly __typename?: 'StreamHeartbeat';
  /** The platform's clock. */
  readonly at: Scalars['DateTime']['output'];
  /** The position up to which the stream was looked through. */
  readonly cursor: Scalars['Cursor']['output'];
};

/** What can be followed live. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * The changes of POIs as they are processed. Without `after` it begins now. With it, it continues right behind that cursor, from the
   * log where needed, and then goes on live. CURSOR_EXPIRED (with `extensions.oldestCursor`) when the log no longer holds it,
   * CURSOR_INVALID when this platform did not make it.
   */
  readonly poiChanges: StreamEvent;
  /** How a replay goes, until it ends. BAD_USER_INPUT when there is no such replay. */
  readonly replayProgress: ReplayJob;
};


/** What can be followed live. */
export type SubscriptionPoiChangesArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  delivery?: InputMaybe<Delivery>;
  filter?: InputMaybe<PoiFilter>;
};


/** What can be followed live. */
export type SubscriptionReplayProgressArgs = {
  id: Scalars['ID']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

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





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  BigInt: ResolverTypeWrapper<Scalars['BigInt']['output']>;
  BoundingBoxInput: BoundingBoxInput;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ChangeKind: ChangeKind;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Delivery: Delivery;
  DeliveryMode: DeliveryMode;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Location: ResolverTypeWrapper<LocationModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  LocationInput: LocationInput;
  NearInput: NearInput;
  PipelineStatus: ResolverTypeWrapper<PipelineStatus>;
  Poi: ResolverTypeWrapper<PoiModel>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PoiChange: ResolverTypeWrapper<PoiChangeModel>;
  PoiFilter: PoiFilter;
  PoiStatus: PoiStatus;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReplayJob: ResolverTypeWrapper<ReplayJob>;
  ReplayState: ReplayState;
  StreamEvent: ResolverTypeWrapper<StreamEventModel>;
  StreamGap: ResolverTypeWrapper<StreamGapModel>;
  StreamHeartbeat: ResolverTypeWrapper<StreamHeartbeatModel>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  BigInt: Scalars['BigInt']['output'];
  BoundingBoxInput: BoundingBoxInput;
  Float: Scalars['Float']['output'];
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  Delivery: Delivery;
  JSON: Scalars['JSON']['output'];
  Location: LocationModel;
  Int: Scalars['Int']['output'];
  LocationInput: LocationInput;
  NearInput: NearInput;
  PipelineStatus: PipelineStatus;
  Poi: PoiModel;
  ID: Scalars['ID']['output'];
  PoiChange: PoiChangeModel;
  PoiFilter: PoiFilter;
  Query: Record<PropertyKey, never>;
  ReplayJob: ReplayJob;
  StreamEvent: StreamEventModel;
  StreamGap: StreamGapModel;
  StreamHeartbeat: StreamHeartbeatModel;
  Subscription: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
};

export type LinkDirectiveArgs = {
  import?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  url: Scalars['String']['input'];
};

export type LinkDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = LinkDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ShareableDirectiveArgs = { };

export type ShareableDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = ShareableDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface BigIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['BigInt'], any> {
  name: 'BigInt';
}

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type LocationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Location'] = ResolversParentTypes['Location']> = {
  geohash?: Resolver<ResolversTypes['String'], ParentType, ContextType, RequireFields<LocationGeohashArgs, 'precision'>>;
  latitude?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  longitude?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type PipelineStatusResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PipelineStatus'] = ResolversParentTypes['PipelineStatus']> = {
  asOf?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  lagRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  log?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  processed?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
  rulesVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subscribers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoiResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Poi'] = ResolversParentTypes['Poi']> = {
  attributes?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  categoryPath?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  imageUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  localName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<PoiLocalNameArgs, 'language'>>;
  location?: Resolver<ResolversTypes['Location'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  removed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sourceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PoiStatus'], ParentType, ContextType>;
  timestamp?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoiChangeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PoiChange'] = ResolversParentTypes['PoiChange']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  eventId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  poi?: Resolver<ResolversTypes['Poi'], ParentType, ContextType>;
  previousLocation?: Resolver<Maybe<ResolversTypes['Location']>, ParentType, ContextType>;
  processedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rulesVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  pipelineStatus?: Resolver<ResolversTypes['PipelineStatus'], ParentType, ContextType>;
};

export type ReplayJobResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ReplayJob'] = ResolversParentTypes['ReplayJob']> = {
  done?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  etaSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recordsPerSecond?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  rulesVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ReplayState'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
};

export type StreamEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['StreamEvent'] = ResolversParentTypes['StreamEvent']> = {
  __resolveType: TypeResolveFn<'PoiChange' | 'StreamGap' | 'StreamHeartbeat', ParentType, ContextType>;
};

export type StreamGapResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['StreamGap'] = ResolversParentTypes['StreamGap']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  dropped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StreamHeartbeatResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['StreamHeartbeat'] = ResolversParentTypes['StreamHeartbeat']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  poiChanges?: SubscriptionResolver<ResolversTypes['StreamEvent'], "poiChanges", ParentType, ContextType, Partial<SubscriptionPoiChangesArgs>>;
  replayProgress?: SubscriptionResolver<ResolversTypes['ReplayJob'], "replayProgress", ParentType, ContextType, RequireFields<SubscriptionReplayProgressArgs, 'id'>>;
};

export type Resolvers<ContextType = RequestContext> = {
  BigInt?: GraphQLScalarType;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Location?: LocationResolvers<ContextType>;
  PipelineStatus?: PipelineStatusResolvers<ContextType>;
  Poi?: PoiResolvers<ContextType>;
  PoiChange?: PoiChangeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReplayJob?: ReplayJobResolvers<ContextType>;
  StreamEvent?: StreamEventResolvers<ContextType>;
  StreamGap?: StreamGapResolvers<ContextType>;
  StreamHeartbeat?: StreamHeartbeatResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  link?: LinkDirectiveResolver<any, any, ContextType>;
  shareable?: ShareableDirectiveResolver<any, any, ContextType>;
};
