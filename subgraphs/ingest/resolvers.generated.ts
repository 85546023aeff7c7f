import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Accepted as AcceptedModel, Refused as RefusedModel } from './accept.ts';
import type { RequestContext } from '../../runtime/subgraph.ts';
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

/** One thing wrong with a record. */
export type Fault = {
  readonly __typename?: 'Fault';
  /** The kind of fault. */
  readonly code: FaultCode;
  /** Path of the field, `location.latitude`; null when the whole record is meant. */
  readonly field?: Maybe<Scalars['String']['output']>;
  /** What was wanted, and what came. */
  readonly message: Scalars['String']['output'];
};

/** Kinds of faults. */
export type FaultCode =
  /** The value has another form than wanted. */
  | 'BAD_FORMAT'
  /** The event time lies too far in the future. */
  | 'IN_THE_FUTURE'
  /** A value is required and absent or blank. */
  | 'MISSING'
  /** A number was wanted. */
  | 'NOT_A_NUMBER'
  /** The number lies outside its range. */
  | 'OUT_OF_RANGE'
  /** A validation rule said no; the message names it. */
  | 'RULE'
  /** The value has too many bytes. */
  | 'TOO_LARGE'
  /** The text has too many characters. */
  | 'TOO_LONG';

/** Where a POI is, in degrees (WGS 84). */
export type LocationInput = {
  /** -90 to 90 */
  readonly latitude: Scalars['Float']['input'];
  /** -180 to 180 */
  readonly longitude: Scalars['Float']['input'];
};

/** What changes things. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Says that a POI is gone. Its last known state stays readable with `removed: true`; only a newer record brings it back. */
  readonly removePoi: SubmitPoiResult;
  /**
   * Says what is known of one POI. Acknowledged once durable in the log. A resend with the same idempotency key (or, without one, of the
   * same record) changes nothing.
   */
  readonly submitPoi: SubmitPoiResult;
  /** The same for 1 to 1,000 records in one durable write; results in input order, each record judged by itself. */
  readonly submitPois: SubmitPoisPayload;
};


/** What changes things. */
export type MutationRemovePoiArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['ID']['input']>;
  sourceId?: InputMaybe<Scalars['String']['input']>;
  timestamp: Scalars['DateTime']['input'];
};


/** What changes things. */
export type MutationSubmitPoiArgs = {
  idempotencyKey?: InputMaybe<Scalars['ID']['input']>;
  input: PoiInput;
};


/** What changes things. */
export type MutationSubmitPoisArgs = {
  inputs: ReadonlyArray<PoiInput>;
};

/** The record is durable in the log. */
export type PoiAccepted = {
  readonly __typename?: 'PoiAccepted';
  /** When it was accepted. */
  readonly acceptedAt: Scalars['DateTime']['output'];
  /** The POI's id. */
  readonly id: Scalars['ID']['output'];
  /** Follow it with `receipt`, or read your own write with `poi(atLeast:)`. */
  readonly receipt: Scalars['Receipt']['output'];
};

/** What a producer says of a POI. It replaces what was known: a field left out is unknown, not unchanged. */
export type PoiInput = {
  /** Anything else worth keeping: an object of up to 32 KiB as JSON. */
  readonly attributes?: InputMaybe<Scalars['JSON']['input']>;
  /** Levels separated by `/`: `amenity/cafe`; 1 to 256 characters. */
  readonly category: Scalars['String']['input'];
  /** Up to 8,192 characters. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** Chosen by the producer, the same for every record of one POI; 1 to 256 characters. */
  readonly id: Scalars['ID']['input'];
  /** A picture, base64, up to 512 KiB decoded. */
  readonly imageBase64?: InputMaybe<Scalars['String']['input']>;
  /** Where it is. */
  readonly location: LocationInput;
  /** 1 to 512 characters after trimming. */
  readonly name: Scalars['String']['input'];
  /** Names by language, an object of BCP 47 tag to text: { "de": "Wien" }. */
  readonly names?: InputMaybe<Scalars['JSON']['input']>;
  /** Who says so: an app, a partner, a data set; up to 256 characters. */
  readonly sourceId?: InputMaybe<Scalars['String']['input']>;
  /** OPEN unless told. */
  readonly status?: InputMaybe<PoiStatus>;
  /** When this was true in the world (event time). At most 5 minutes ahead of the platform's clock. */
  readonly timestamp: Scalars['DateTime']['input'];
};

/** The record was not taken; nothing was written. */
export type PoiRefused = {
  readonly __typename?: 'PoiRefused';
  /** Every fault of the record. */
  readonly faults: ReadonlyArray<Fault>;
  /** The POI's id, where one was given. */
  readonly id?: Maybe<Scalars['ID']['output']>;
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
  /** What became of an accepted record. CURSOR_INVALID for a receipt that this platform did not make. */
  readonly receipt: ReceiptStatus;
};


/** What can be asked. */
export type QueryReceiptArgs = {
  receipt: Scalars['Receipt']['input'];
};

/** How far an accepted record got. */
export type ReceiptState =
  /** It became the POI's current state. */
  | 'APPLIED'
  /** A resend of a record already processed; it changed nothing. */
  | 'DUPLICATE'
  /** The log no longer tells. */
  | 'EXPIRED'
  /** Its event time lies before the current state's: it entered the history only. */
  | 'LATE'
  /** Durable, not processed yet. */
  | 'PENDING'
  /** It became a dead letter; see the reasons. */
  | 'REJECTED';

/** What became of an accepted record. */
export type ReceiptStatus = {
  readonly __typename?: 'ReceiptStatus';
  /** The position of the resulting change in the log of processed changes; null unless APPLIED or LATE. */
  readonly processedAs?: Maybe<Scalars['Cursor']['output']>;
  /** Why it was rejected; empty otherwise. */
  readonly reasons: ReadonlyArray<Fault>;
  /** How far it got. */
  readonly state: ReceiptState;
};

/** Accepted, or refused with every fault at once. */
export type SubmitPoiResult = PoiAccepted | PoiRefused;

/** What became of a batch. */
export type SubmitPoisPayload = {
  readonly __typename?: 'SubmitPoisPayload';
  /** How many were accepted. */
  readonly accepted: Scalars['Int']['output'];
  /** How many were refused. */
  readonly refused: Scalars['Int']['output'];
  /** One for each input, in its order. */
  readonly results: ReadonlyArray<SubmitPoiResult>;
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



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SubmitPoiResult:
    | ( AcceptedModel )
    | ( RefusedModel )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Fault: ResolverTypeWrapper<Fault>;
  FaultCode: FaultCode;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  LocationInput: LocationInput;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PoiAccepted: ResolverTypeWrapper<AcceptedModel>;
  PoiInput: PoiInput;
  PoiRefused: ResolverTypeWrapper<RefusedModel>;
  PoiStatus: PoiStatus;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Receipt: ResolverTypeWrapper<Scalars['Receipt']['output']>;
  ReceiptState: ReceiptState;
  ReceiptStatus: ResolverTypeWrapper<ReceiptStatus>;
  SubmitPoiResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SubmitPoiResult']>;
  SubmitPoisPayload: ResolverTypeWrapper<Omit<SubmitPoisPayload, 'results'> & { results: ReadonlyArray<ResolversTypes['SubmitPoiResult']> }>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  Fault: Fault;
  JSON: Scalars['JSON']['output'];
  LocationInput: LocationInput;
  Float: Scalars['Float']['output'];
  Mutation: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  PoiAccepted: AcceptedModel;
  PoiInput: PoiInput;
  PoiRefused: RefusedModel;
  Query: Record<PropertyKey, never>;
  Receipt: Scalars['Receipt']['output'];
  ReceiptStatus: ReceiptStatus;
  SubmitPoiResult: ResolversUnionTypes<ResolversParentTypes>['SubmitPoiResult'];
  SubmitPoisPayload: Omit<SubmitPoisPayload, 'results'> & { results: ReadonlyArray<ResolversParentTypes['SubmitPoiResult']> };
  Int: Scalars['Int']['output'];
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

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FaultResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Fault'] = ResolversParentTypes['Fault']> = {
  code?: Resolver<ResolversTypes['FaultCode'], ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  removePoi?: Resolver<ResolversTypes['SubmitPoiResult'], ParentType, ContextType, RequireFields<MutationRemovePoiArgs, 'id' | 'timestamp'>>;
  submitPoi?: Resolver<ResolversTypes['SubmitPoiResult'], ParentType, ContextType, RequireFields<MutationSubmitPoiArgs, 'input'>>;
  submitPois?: Resolver<ResolversTypes['SubmitPoisPayload'], ParentType, ContextType, RequireFields<MutationSubmitPoisArgs, 'inputs'>>;
};

export type PoiAcceptedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PoiAccepted'] = ResolversParentTypes['PoiAccepted']> = {
  acceptedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PoiRefusedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PoiRefused'] = ResolversParentTypes['PoiRefused']> = {
  faults?: Resolver<ReadonlyArray<ResolversTypes['Fault']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  receipt?: Resolver<ResolversTypes['ReceiptStatus'], ParentType, ContextType, RequireFields<QueryReceiptArgs, 'receipt'>>;
};

export interface ReceiptScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Receipt'], any> {
  name: 'Receipt';
}

export type ReceiptStatusResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ReceiptStatus'] = ResolversParentTypes['ReceiptStatus']> = {
  processedAs?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['Fault']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ReceiptState'], ParentType, ContextType>;
};

export type SubmitPoiResultResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SubmitPoiResult'] = ResolversParentTypes['SubmitPoiResult']> = {
  __resolveType: TypeResolveFn<'PoiAccepted' | 'PoiRefused', ParentType, ContextType>;
};

export type SubmitPoisPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SubmitPoisPayload'] = ResolversParentTypes['SubmitPoisPayload']> = {
  accepted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refused?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  results?: Resolver<ReadonlyArray<ResolversTypes['SubmitPoiResult']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Fault?: FaultResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  PoiAccepted?: PoiAcceptedResolvers<ContextType>;
  PoiRefused?: PoiRefusedResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Receipt?: GraphQLScalarType;
  ReceiptStatus?: ReceiptStatusResolvers<ContextType>;
  SubmitPoiResult?: SubmitPoiResultResolvers<ContextType>;
  SubmitPoisPayload?: SubmitPoisPayloadResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  link?: LinkDirectiveResolver<any, any, ContextType>;
  shareable?: ShareableDirectiveResolver<any, any, ContextType>;
};
