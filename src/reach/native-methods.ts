/**
 * The names under which objects of the language and of Node have functions: a call by any other name is a call of the program's own code.
 *
 * Source: every property of every module of Node 20 and 26 and of every global that is a function or has a getter, prototypes and what they
 * lead to included (`Object.getOwnPropertyDescriptors`), and those of objects that no module shows before they are made (HTTP/2 streams,
 * file handles, iterators). native-methods.test.ts holds it to the Node that runs. `default` is not among them, because compiled
 * code asks every module for it; flow-call.ts has that. A name too many costs precision.
 */
const NAMES = `
  $1 $2 $3 $4 $5 $6 $7 $8 $9 $_ 0 1 AbortController AbortSignal Agent AggregateError Array ArrayBuffer Assert AssertionError AsyncDisposableStack
  AsyncLocalStorage AsyncResource BigInt BigInt64Array BigUint64Array Blob BlockList Boolean BoundSocket BoundedChannel BroadcastChannel BrotliCompress
  BrotliDecompress Buffer ByteLengthQueuingStrategy CallTracker Certificate Channel ChildProcess Cipher Cipheriv ClientRequest CloseEvent Collator
  CompileError CompressionStream Console CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DataView DatabaseSync Date DateTimeFormat Decipher
  Decipheriv DecompressionStream DefaultDeserializer DefaultSerializer Deflate DeflateRaw Deserializer DiffieHellman DiffieHellmanGroup Dir Dirent
  DisplayNames DisposableStack Domain Duplex Duration DurationFormat DynamicLibrary ECDH Error ErrorEvent EvalError Event EventEmitter
  EventEmitterAsyncResource EventTarget Exception File FileReadStream FileWriteStream FinalizationRegistry Float16Array Float32Array Float64Array FormData
  Function GCProfiler Global Gunzip Gzip HTTPParser Hash Headers Hmac Http1IncomingMessage Http1ServerResponse Http2ServerRequest Http2ServerResponse
  INSPECT_MAX_BYTES IncomingMessage Inflate InflateRaw Instance Instant Int16Array Int32Array Int8Array Interface Iterator KeyObject LinkError ListFormat
  Locale MIMEParams MIMEType Map Memory MessageChannel MessageEvent MessagePort Module Navigator Number NumberFormat Object OutgoingMessage PassThrough
  Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming PlainDate
  PlainDateTime PlainMonthDay PlainTime PlainYearMonth PluralRules Promise Proxy QuotaExceededError REPLServer RangeError ReadStream Readable
  ReadableByteStreamController ReadableState ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController
  ReadableStreamDefaultReader ReadableStreamTee Readline Recoverable ReferenceError RegExp RelativeTimeFormat Request Resolver Response RuntimeError Script
  SecureContext Segmenter Serializer Server ServerResponse Session Set SharedArrayBuffer Sign SlowBuffer Socket SocketAddress SourceMap StatementSync Stats
  Storage Stream StreamWrap String StringDecoder SubtleCrypto SuppressedError SuspendError Suspending Symbol SyntaxError TLSSocket Table Tag TextDecoder
  TextDecoderStream TextEncoder TextEncoderStream Transform TransformStream TransformStreamDefaultController TypeError URIError URL URLPattern URLSearchParams
  UTC Uint16Array Uint32Array Uint8Array Uint8ClampedArray Unzip Url Utf8Stream Verify WASI WeakMap WeakRef WeakSet WebSocket Worker Writable WritableState
  WritableStream WritableStreamDefaultController WritableStreamDefaultWriter WriteStream X509Certificate ZipBuffer ZipEntry ZipFile ZonedDateTime ZstdCompress
  ZstdDecompress _TransferredBoundSocket __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ _addHeaderLine _addHeaderLineDistinct
  _addHeaderLines _addHistory _builtinLibs _bytesDispatched _cacheSession _checkModeProperty _closed _compile _connecting _connectionListener _construct
  _createServerHandle _debugEnd _debugProcess _decoder _deferToConnect _deleteLeft _deleteLineLeft _deleteLineRight _deleteRight _deleteWordLeft
  _deleteWordRight _destroy _destroySSL _dump _dumpAndCloseReadable _emitCloseIfDrained _emitTLSError _errnoException _errorHandler _evictSession
  _exceptionWithHostPort _exiting _extend _fatalException _final _findPath _finish _finishInit _flush _flushOutput _forkChild _fromList _getActiveHandles
  _getActiveRequests _getCursorPos _getDataCloneError _getDisplayPos _getServerData _getSession _getpeername _getsockname _handle _handleError _handleTimeout
  _header _historyNext _historyPrev _implicitHeader _init _initPaths _insertString _isArrayBufferView _isLenientHeaderValidation _isUint8Array _kill _line
  _line_buffer _linkedBinding _listen2 _load _makeLong _moveCursor _nodeModulePaths _normalWrite _normalizeArgs _oldPrompt _onLine _onTimeout _preloadModules
  _previousKey _processChunk _prompt _questionCallback _rawDebug _read _readHostObject _readPackage _readRawBytes _readableState _refreshLine _refreshSize
  _releaseControl _renderHeaders _reset _resolveFilename _resolveLookupPaths _sawKeyPress _sawReturnAt _send _setRawMode _setServerData
  _setTreatArrayBufferViewsAsHostObjects _setupWorker _start _startProfilerIdleNotifier _stat _stderr _stderrErrorHandler _stdout _stdoutErrorHandler
  _stopProfilerIdleNotifier _storeHeader _tabComplete _tickCallback _tlsError _toUnixTimestamp _transform _ttyWrite _uint8ArrayToBuffer _undestroy _unrefTimer
  _wordLeft _wordRight _wrapHandle _writableState _write _writeGeneric _writeHostObject _writeRaw _writeToOutput _writev abort aborted abs access accessSync
  acos acosh active add addAbortListener addAbortSignal addAddress addAddresses addCIDR addCIDRs addContext addDeserializeCallback addEntry addEntrySync
  addEventListener addHistory addListener addMembership addRange addRequest addSerializeCallback addSourceSpecificMembership addSubnet addSync addTrailers
  addUncaughtExceptionCaptureCallback additionalHeaders address adopt after afterEach afterWriteTickInfo aggregate algorithm all allBuffers allNoop allSettled
  alloc allocUnsafe allocUnsafeSlow allowedNodeEnvironmentFlags alpnProtocol altsvc anchor and any append appendFile appendFileSync appendHeader apply
  applyChangeset arch argon2 argon2Sync arguments arrayBuffer asIndexedPairs asIntN asUintN asciiSlice asciiWrite asin asinh assert assign assignSocket
  asymmetricKeyDetails asymmetricKeyType asyncEnd asyncId asyncReset asyncResource asyncStart at atan atan2 atanh atime atimeInstant atob authority autoClose
  autoDestroy availableMemory availableParallelism backup base64Slice base64Write base64urlSlice base64urlWrite baseName basename before beforeEach
  bgBlackBright bgGrey big bigint binaryType bind bind6 bindStore bindSync binding birthtime birthtimeInstant blackBright blank blink blob body bodyUsed bold
  bootstrapComplete boundedChannel brotliCompress brotliCompressSync brotliDecompress brotliDecompressSync btoa bubbles buffer bufferProcessing bufferSize
  buffered bufferedAmount bufferedRequestCount builtinModules burnRate byobRequest byteLength byteOffset bytes bytesRead bytesWritten ca cache
  cachedDataVersionTag cached_builtins calculateLenientFlags calendar calendarId calendars call callbackify caller calls canNavigateToNext
  canNavigateToPrevious canParse cancel cancelAlgorithm cancelBubble cancelable captureRejections captureStackTrace caseFirst catch cbrt ccdf cdf ceil
  changeset channel charAt charCodeAt chdir check checkEcKeyData checkEmail checkHost checkIP checkIssued checkPrime checkPrimeSync checkPrivateKey
  checkServerIdentity chmod chmodSync chown chownSync clear clearBufferedCommand clearImmediate clearInterval clearLine clearMarks clearMeasures
  clearResourceTimings clearScreenDown clearTimeout cliffsD clone close closeAllConnections closeEmitted closeHandle closeIdleConnections closeSync closed
  clz32 code codePointAt cohensD collation collations colno columns comment commit compact compactSync compare compareExchange compile compileFunction
  compileStreaming complete completeOnEditorMode compose composed composedPath compressed compressedSize computeSecret concat conceal connect connect6
  connectEnd connectStart connectSync connectToMainThread connecting connection constrainedMemory construct constructed constructor consume containing
  contains content contentEncoding contentIterator contentMode contentSync contentType context convertALPNProtocols convertKey convertProcessSignalToExitCode
  copy copyBytesFrom copyFile copyFileSync copyWithin cork cos cosh count countAt countBigInt countReset cp cpSync cpuUsage cpus crc32 create
  createBrotliCompress createBrotliDecompress createCachedData createCipher createCipheriv createConnection createContext createDecipher createDecipheriv
  createDeflate createDeflateRaw createDiffieHellman createDiffieHellmanGroup createDomain createECDH createGunzip createGzip createHash createHistogram
  createHmac createHook createInflate createInflateRaw createInterface createMac createObjectURL createPrivateKey createPublicKey createPushResponse
  createReadStream createRequire createScript createSecretKey createSecureContext createSecurePair createSecureServer createServer createSession createSign
  createSlidingWindowHistogram createSocket createStream createSymlink createSync createTagStore createTask createTracing createUnzip createVerify
  createWriteStream createZipArchive createZipArchiveSync createZstdCompress createZstdDecompress credentials crossedOut crossedout crypto ctime ctimeInstant
  ctor currentTarget cursorTo customSections cwd data dataEmitted dataReceived dataSent datasync day dayOfWeek dayOfYear days daysInMonth daysInWeek
  daysInYear debounce debug debuglog decapsulate decapsulateBits decapsulateKey decode decodeStrings decodeURI decodeURIComponent decodedBodySize decoder
  decrypt deepEqual deepStrictEqual defaultEncoding defaultMaxListeners defaultOptions defaultPrevented defer defineCommand defineProperties defineProperty
  deflate deflateRaw deflateRawSync deflateSync delete deleteProperty deleteSync deliveryType deprecate deref deriveBits deriveKey describe description
  deserialize desiredSize destination destroy destroySoon destroyed detachSocket detached detail diff difference diffieHellman digest dir directory dirname
  dirxml disable disableRenegotiation disconnect dispatchEvent displayPrompt dispose disposeAsync disposed dlclose dlopen dlsym doClose doShutdown doWrite
  doesNotMatch doesNotReject doesNotThrow domStorageItemAdded domStorageItemRemoved domStorageItemUpdated domStorageItemsCleared domain domainLookupEnd
  domainLookupStart domainToASCII domainToUnicode dot dotAll doubleUnderline drop dropMembership dropSourceSpecificMembership dtls duplex duplexPair duration
  emit emitClose emitDestroy emitKeypressEvents emitWarning emittedReadable enable enableCompileCache enableDefensive enableLoadExtension enableTrace enabled
  encapsulate encapsulateBits encapsulateKey encode encodeInto encodeURI encodeURIComponent encodedBodySize encoding encrypt encrypted end endAfterHeaders
  endEmitted ended endianness ending endsWith enqueue enroll enter enterWith entries entriesList entriesSync entryType environment epochMilliseconds
  epochNanoseconds equal equals era eraYear error errorEmitted errored escape essence eval eventLoopUtilization eventNames eventPhase every ewmaErrorRate
  ewmaMean ewmaStddev exceeds exceedsBigInt exchange excludeEnv excludeNetwork exec execFile execFileSync execSync execute executionAsyncId
  executionAsyncResource execve exists existsSync exit exitCode exp expandedSQL expectFailure expm1 export exportArrayBuffer exportArrayBufferView
  exportBuffer exportChallenge exportJwk exportKey exportKeyingMaterial exportPublicKey exportString exports extensions extname extractable f16round fail
  faint family fatal fchmod fchmodSync fchown fchownSync fd fdatasync fdatasyncSync fetch fetchStart file fileURLToPath fileURLToPathBuffer filename fill
  filter final finalCalled finalResponseHeadersStart finalization finalizeBindings finally find findEntry findIndex findLast findLastIndex findOrigin
  findPackageJSON findSourceMap fingerprint fingerprint256 fingerprint512 finish finishShutdown finishWrite finished fips firstDayOfWeek
  firstInterimResponseStart fixed flags flat flatMap floor flowing flowlabel flush flushCompileCache flushHeaders flushSync fn fontcolor fontsize for forEach
  forEachSync fork formData format formatRange formatRangeToParts formatToParts formatWithOptions free freeParser freemem freeze from fromAsync fromBase64
  fromCharCode fromCodePoint fromEntries fromEpochMilliseconds fromEpochNanoseconds fromHex fromJSON fromWeb fround fstat fstatSync fsync fsyncSync ftruncate
  ftruncateSync function functions futimes futimesSync generateKey generateKeyPair generateKeyPairSync generateKeySync generateKeys generatePrime
  generatePrimeSync get getActiveResourcesInfo getAll getArg getAsset getAssetAsBlob getAssetKeys getAsymmetricKeyType getAsyncContextFrameForDebuggingOnly
  getAsyncId getAuthTag getBigInt64 getBigUint64 getBuffer getBuiltinModule getCACertificates getCalendars getCallSites getCalls getCanonicalLocales
  getCertificate getCertificateCompressionAlgorithms getCipher getCipherInfo getCiphers getCollations getColorDepth getCompileCacheDir getConnections
  getCppHeapStatistics getCurrentBuffer getCurrentEventLoop getCursorPos getCurves getDate getDay getDefaultAutoSelectFamily
  getDefaultAutoSelectFamilyAttemptTimeout getDefaultHighWaterMark getDefaultResultOrder getDefaultSettings getDiffieHellman getEnabledCategories getEntries
  getEntriesByName getEntriesByType getEnvironmentData getEphemeralKeyInfo getEventListeners getFinished getFips getFloat16 getFloat32 getFloat64 getFullYear
  getFunction getFunctions getGenerator getHashes getHeader getHeaderNames getHeaders getHeapCodeStatistics getHeapSnapshot getHeapSpaceStatistics
  getHeapStatistics getHostByAddr getHourCycles getHours getImportObject getInt16 getInt32 getInt64 getInt8 getItem getMacs getMaxListeners
  getMaxZipContentSize getMilliseconds getMinutes getMonth getName getNumberingSystems getOrInsert getOrInsertComputed getOwnPropertyDescriptor
  getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPackedSettings getPeerCertificate getPeerFinished getPeerX509Certificate getPrime
  getPriority getPrivateKey getPrompt getProtocol getPrototypeOf getProviderType getPublicKey getRandomValues getRawAsset getRawHeaderNames getRawPointer
  getReader getRecvBufferSize getReport getResourceLimits getSeconds getSendBufferSize getSendQueueCount getSendQueueSize getServers getSession getSetCookie
  getSharedSigalgs getSourceMapsSupport getStore getSymbol getSymbols getSymmetricKeySize getSync getSystemErrorMap getSystemErrorMessage getSystemErrorName
  getTLSTicket getTestContext getTextInfo getTicketKeys getTime getTimeZoneTransition getTimeZones getTimezoneOffset getTypeOfService getUTCDate getUTCDay
  getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds getUint16 getUint32 getUint64 getUint8 getUnpackedSettings getWeekInfo
  getWindowSize getWireFormatVersion getWriter getX509Certificate getYear getegid geteuid getgid getgroups getpeername getsockname getter getuid glob globSync
  global globalAgent goaway goawayCode goawayLastStreamID grey group groupBy groupCollapsed groupEnd grow growable gunzip gunzipSync gzip gzipSync
  hardwareConcurrency has hasColors hasHeader hasIndices hasOwn hasOwnProperty hasPendingData hasRef hasRegExpGroups hasSubscribers
  hasUncaughtExceptionCaptureCallback hash headRequest headers headersCompleted headersDistinct headersSent hexSlice hexWrite high highWaterMark history
  historyIndex historySize hkdf hkdfSync homedir host hostname hour hourCycle hourCycles hours hoursInDay href hrtime httpServerPreClose httpVersion
  httpVersionMajor httpVersionMinor hypot id idleTime ifError ignoreBOM ignoreCase import importHistogram importKey imports imul inLeapYear includes index
  indexOf inflate inflateRaw inflateRawSync inflateSync info infoAccess inherits init initECRaw initEDRaw initEvent initJwk initMessageEvent initgroups
  initialize initiatorType initiv input inspect instant instantiate instantiateStreaming integrity intercept intersection is isAbsolute isAnyArrayBuffer
  isArgumentsObject isArray isArrayBuffer isArrayBufferView isAscii isAsyncFunction isBigInt64Array isBigIntObject isBigUint64Array isBlockDevice isBlockList
  isBoolean isBooleanObject isBoxedPrimitive isBuffer isBuildingSnapshot isBuiltin isCharacterDevice isClosing isConnected isContext isCryptoKey isDataView
  isDate isDead isDeepStrictEqual isDestroyed isDirectory isDisjointFrom isDisturbed isEncoding isError isErrored isExtensible isExternal isFIFO isFile
  isFileHandle isFinite isFloat16Array isFloat32Array isFloat64Array isFlushing isFrozen isFunction isGeneratorFunction isGeneratorObject isHistoryNavigation
  isIP isIPv4 isIPv6 isInt16Array isInt32Array isInt8Array isInteger isKeyObject isLenient isLockFree isMap isMapIterator isMarkedAsUntransferable
  isModuleNamespaceObject isNaN isNativeError isNull isNullOrUndefined isNumber isNumberObject isObject isOpen isPaused isPipe isPreloading isPrimitive
  isPromise isPrototypeOf isProxy isRawJSON isReadable isRegExp isReloadNavigation isSafeInteger isSea isSealed isSessionReused isSet isSetIterator
  isSharedArrayBuffer isSocket isSocketAddress isString isStringObject isStringOneByteRepresentation isSubsetOf isSupersetOf isSymbol isSymbolObject
  isSymbolicLink isSymlink isTransaction isTrusted isTypedArray isUint16Array isUint32Array isUint8Array isUint8ClampedArray isUndefined isUtf8 isValidSyntax
  isView isWeakMap isWeakSet isWellFormed isWritable isatty issuer issuerCertificate it italics iterate iterator join json jsref junit keepSocketAlive
  keepalive key keyDetail keyFor keyUsage keys kill ksTest kurtosis language languages lastChar lastEventId lastIndexOf lastMatch lastModified lastNeed
  lastParen lastTotal latin1Slice latin1Write lchmod lchown lchownSync lcov leftContext length limits lineLengths linearBuckets lineno link linkSync listen
  listener listenerCount listeners listening load loadEnvFile loadExtension loadavg loadingFailed loadingFinished localAddress localFamily localPort
  localSettings localStorage localeCompare location locked locks log log10 log1p log2 logBuckets lookup lookupService loopExit loopIdleTime loopStart
  loopStartTime low lstat lstatSync lutimes lutimesSync machine mannWhitneyTest map mark markAsUncloneable markAsUntransferable markPromiseAsHandled
  markResourceTiming match matchAll matchesGlob max maxBigInt maxByteLength maxHeaderSize maxLength maximize mean meanCI measure measureMemory memoryUsage
  message method microsecond microseconds millisecond milliseconds min minBigInt minLength minimize minute minutes mkdir mkdirSync mkdtemp mkdtempDisposable
  mkdtempDisposableSync mkdtempSync mock mode modified monitorEventLoopDelay month monthCode months monthsInYear move moveCursor moveMessagePortToContext
  mtime mtimeInstant multiAwaitDrain multiline name nameBuffer nanosecond nanoseconds native navigateToNext navigateToPrevious navigator needDrain
  needReadable negated networkInterfaces newListener next nextHopProtocol nextTick nodeStart normalize notDeepEqual notDeepStrictEqual notEqual notStrictEqual
  notify now numberingSystem numberingSystems numeric objectMode observe of off offset offsetNanoseconds ok on onAfter onBefore onInit onSettled onSocket
  onabort once onclose onconnection onerror onexit ongracefulclosecomplete only onmessage onmessageerror onopen onread onresourcetimingbufferfull onwrite open
  openAsBlob openAsBlobSync openStdin openSync opendir opendirSync or origin originSet ownKeys owner padEnd padStart params parent parse parseArgs parseEnv
  parseFloat parseHost parseInt parsePKCS12 parseUniqueHeadersOption partialDeepStrictEqual password patchset path pathToFileURL pathname paths pause paused
  payload pbkdf2 pbkdf2Sync peek peekPairValue pending pendingSettingsAck percentile percentileBigInt percentileCI percentiles percentilesAt percentilesBigInt
  performServerHandshake performance periodicFlush ping pipe pipeThrough pipeTo pipeline pipesCount plainDateISO plainDateTimeISO plainTimeISO platform pop
  port ports post postMessage postMessageToThread pow prefinish prefinished prepare prepareError prepareStackTrace prependListener prependOnceListener
  preventDefault preventExtensions priority privateDecrypt privateEncrypt prng process processReadResult profile profileEnd promises promisify promising
  prompt property propertyIsEnumerable protocol prototype pseudoRandomBytes publicDecrypt publicEncrypt publicKey publish pullAlgorithm push pushAllowed
  pushPair pushPromise pushStream put qrde query queryA queryAaaa queryAny queryCaa queryCname queryMx queryNaptr queryNs queryObjects queryPtr querySoa
  querySrv queryTlsa queryTxt question queueMicrotask quic quota race random randomBytes randomFill randomFillSync randomInt randomUUID randomUUIDv7 raw
  rawContent rawHeaders rawJSON rawListeners rawTrailers rawValues read readBigInt64BE readBigInt64LE readBigUInt64BE readBigUInt64LE readBigUint64BE
  readBigUint64LE readDouble readDoubleBE readDoubleLE readFile readFileSync readFloatBE readFloatLE readHeader readInt16BE readInt16LE readInt32BE
  readInt32LE readInt8 readIntBE readIntLE readLines readRawBytes readStart readStop readSync readSyncRecursive readUInt16BE readUInt16LE readUInt32BE
  readUInt32LE readUInt8 readUIntBE readUIntLE readUint16BE readUint16LE readUint32 readUint32BE readUint32LE readUint64 readUint8 readUintBE readUintLE
  readValue readable readableAborted readableBuffer readableDidRead readableEncoding readableEnded readableFlowing readableHighWaterMark readableLength
  readableListening readableObjectMode readableWebStream readdir readdirSync reading readingMore readlink readlinkSync readv readvSync ready readyState
  reallyExit realpath realpathSync reason receive receiveMessageOnPort record recordCorrected recordDelta redirect redirectEnd redirectStart redirected reduce
  reduceRight ref refCallback referrer referrerPolicy refresh refreshState regexp region register registerBeforeExit registerCallback registerHooks
  registerStorage reject rejects relative release releaseBuffer releaseFD releaseLock remoteAddress remoteFamily remotePort remoteSettings remove
  removeAddress removeAllListeners removeCIDR removeEventListener removeHeader removeItem removeListener removeRange removeSocket removeSubnet rename
  renameSync renderBlockingStatus renegotiate reopen repeat replace replaceAll report reportOnFatalError reportOnSignal reportOnUncaughtException request
  requestStart requestWillBeSent requested require require_module reset resetAndDestroy resetContext resetStats resizable resize resolve resolve4 resolve6
  resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolveObject resolveObjectURL resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt
  resolvedOptions resourceLimits resourceUsage respond respondWithFD respondWithFile respondWithNewView responseEnd responseReceived responseStart
  responseStatus restoreAll resume resumeScheduled return returnValue reuseSocket reverse revocable revokeObjectURL rewind rightContext rm rmSync rmdir
  rmdirSync rng rollback rootCertificates round rss rstCode rstStream rules run runAll runInAsyncScope runInContext runInNewContext runInThisContext runMain
  runStores scheme script scrypt scryptSync seal search searchParams second seconds secureConnectionStart secureHeapUsed segment select selectRange send
  sendDate sendTrailers sendto sentHeaders sentInfoHeaders sentTrailers serialNumber serialize server session sessionStorage set setAAD
  setAllowBareNamedParameters setAllowUnknownNamedParameters setAuthTag setAuthorizer setAutoPadding setBigInt64 setBigUint64 setBlocking setBroadcast setDate
  setDefaultAutoSelectFamily setDefaultAutoSelectFamilyAttemptTimeout setDefaultCACertificates setDefaultEncoding setDefaultHighWaterMark
  setDefaultResultOrder setDefaultSnapshotSerializers setDeserializeMainFunction setEncoding setEngine setEnvironmentData setFips setFlagsFromString
  setFloat16 setFloat32 setFloat64 setFromBase64 setFromHex setFullYear setGlobalProxyFromEnv setGracefulClose setHeader setHeaders
  setHeapProfileNearHeapLimit setHeapSnapshotNearHeapLimit setHours setImmediate setInt16 setInt32 setInt64 setInt8 setInterval setItem setKeepAlive
  setKeyCert setLocalAddress setLocalWindowSize setMaxIdleHTTPParsers setMaxListeners setMaxSendFragment setMaxZipContentSize setMilliseconds setMinutes
  setMonth setMulticastInterface setMulticastLoopback setMulticastTTL setNextStreamID setNoDelay setOptions setPriority setPrivateKey setPrompt setPrototypeOf
  setPublicKey setRawMode setReadBigInts setRecvBufferSize setResolveSnapshotPath setResourceTimingBufferSize setReturnArrays setSeconds setSecureContext
  setSendBufferSize setServername setServers setSession setSocketKeepAlive setSourceMapsEnabled setSourceMapsSupport setTTL setTicketKeys setTime setTimeout
  setTraceSigInt setTrailer setTypeOfService setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds setUint16
  setUint32 setUint64 setUint8 setUncaughtExceptionCaptureCallback setYear setegid seteuid setgid setgroups setter settings setuid setupConnectionsTracking
  setupHistory setupHistoryManager setupMaster setupPrimary shift shiftPair shutdown sign signal signatureAlgorithm signatureAlgorithmOid sin since sinh size
  skewness skip slice small snapshot socket some sort source sourceMapsEnabled sourceSQL spawn spawnSync spec splice split sqrt srcElement stack start
  startCpuProfile startHeapProfile startOfDay startThread startTime startsWith stat statSync state statfs statfsSync status statusCode statusMessage
  statusText stddev stderr stdin stdout sticky stop stopCoverage stopCpuProfile stopHeapProfile stopImmediatePropagation stopPropagation stopThread store
  storeHTTPOptions stream strict strictEqual strike strikeThrough stringify stripTypeScriptTypes stripVTControlCharacters structuredClone styleText sub
  subarray subject subjectAltName subscribe substr substring subtle subtract subtype suite sup supportedEntryTypes supportedLocalesOf supportedValuesOf
  supports swap16 swap32 swap64 swapColors swapcolors symlink symlinkSync symmetricDifference sync syncBuiltinESMExports table take takeCoverage
  takeHeapSnapshot takeRecords tan tanh tap target tee terminate test text textInfo textStream then threadCpuUsage threadId threadName throttle throw
  throwIfAborted throws tick time timeEnd timeLog timeOrigin timeStamp timeZoneId timeZones timeout timerify timers timingSafeEqual tmpdir toASCII toArray
  toArrayBuffer toBase64 toBuffer toBufferSync toCryptoKey toDateString toExponential toFixed toFixedLengthBuffer toGMTString toHex toISOString toInstant
  toJSON toLegacyObject toLocaleDateString toLocaleLowerCase toLocaleString toLocaleTimeString toLocaleUpperCase toLowerCase toNamespacedPath toPlainDate
  toPlainDateTime toPlainMonthDay toPlainTime toPlainYearMonth toPrecision toResizableBuffer toReversed toSorted toSortedArray toSpliced toString
  toTemporalInstant toTimeString toUSVString toUTCString toUnicode toUpperCase toWeb toWellFormed toZonedDateTime toZonedDateTimeISO todo total totalmem trace
  traceCallback tracePromise traceSync tracingChannel trailers trailersDistinct transcode transfer transferArrayBuffer transferSize transferToFixedLength
  transferableAbortController transferableAbortSignal translatePeerCertificate triggerAsyncId trim trimEnd trimLeft trimRight trimStart trunc truncate
  truncateSync try type typescript ucs2Slice ucs2Write umask unbindStore uncaughtException unconsume uncork undefined unenroll unescape unescapeBuffer
  unhandledRejection unicode unicodeSets union unlink unlinkSync unpipe unref unrefCallback unregister unregisterCallback unshift unsubscribe until
  unwatchFile unwrapKey unzip unzipSync update updateChunksSent updateSettings uptime url urlToHttpOptions usages use useUserBuffer userAgent userInfo
  username utf8Slice utf8Write utimes utimesSync uvMetricsInfo v8Start validFrom validFromDate validTo validToDate validate validateHeaderName
  validateHeaderValue value valueOf values valuesSync verify verifySpkac version view wait waitAsync waitForDebugger warn warning wasClean watch watchFile
  webSocketClosed webSocketCreated webSocketHandshakeResponseReceived webcrypto weekInfo weekOfYear weeks welchTest with withCalendar withPlainTime
  withResolvers withScope withStoreScope withTimeZone withoutStackTrace workerStart wrap wrapKey wrapper writable writableAborted writableBuffer
  writableCorked writableEnded writableFinished writableHighWaterMark writableLength writableNeedDrain writableObjectMode write writeAsciiString
  writeBigInt64BE writeBigInt64LE writeBigUInt64BE writeBigUInt64LE writeBigUint64BE writeBigUint64LE writeBuffer writeContinue writeDouble writeDoubleBE
  writeDoubleLE writeEarlyHints writeFile writeFileSync writeFloatBE writeFloatLE writeHead writeHeader writeHeapSnapshot writeInformation writeInt16BE
  writeInt16LE writeInt32BE writeInt32LE writeInt8 writeIntBE writeIntLE writeLatin1String writeProcessing writeQueueSize writeRawBytes writeReport writeSync
  writeUInt16BE writeUInt16LE writeUInt32BE writeUInt32LE writeUInt8 writeUIntBE writeUIntLE writeUcs2String writeUint16BE writeUint16LE writeUint32
  writeUint32BE writeUint32LE writeUint64 writeUint8 writeUintBE writeUintLE writeUtf8String writeValue writecb writer writev writevSync writing xor year
  yearOfWeek years yield zipFiles zonedDateTimeISO zstdCompress zstdCompressSync zstdDecompress zstdDecompressSync`;

/**
 * Names with an underscore before them are how Node's classes call each other, also on objects that no module shows. So here is every word of that form which
 * the JavaScript of Node 20 and 26 has outside of comments (`process.binding('natives')`), whatever it stands for; not that of its profiler
 * and of its compiler for TypeScript, which hand out no objects.
 */
const UNDERSCORED = `
  _AST _BPXK_AUTOCVT _Buffer _CALLBACK _CEE_RUNOPTS _CloseEvent _DOMException _DiffieHellman _DiffieHellmanGroup _Dispatcher1Wrapper _ECDH _ECDHConvertKey
  _EDC_SIG_DFLT _EDC_SUSV3 _ErrorEvent _EventSource _FileLike _FormData _Hash _Headers _HeadersList _Histogram _Hmac _Interface _Mac _MessageChannel
  _MessageEvent _Request _Response _SNICallback _Sign _SlidingWindowHistogram _SocketAddress _StatWatcher _TAG_REDIR_ERR _TAG_REDIR_IN _TAG_REDIR_OUT _TYPES
  _TstNode _Verify _WASI _WebSocket _a _aborted _addListener _addNewLineOnTTY _agentKey _argv _atob _audit _beforeEdit _bindState _block _blockList _break
  _breakFirstLine _breakNodeFirstLine _btoa _c _cache _case _catch _channel _checkInvalidHeaderChar _checkIsHttpToken _chunkSize _chunks _class _close
  _closeAfterHandlingError _closesGot _closesNeeded _closingOnFlush _cluster _colorize _compare _compileCacheStatus _connect _connectWebsocket _connectionKey
  _connections _console _const _consumed _consuming _contentLength _contexts _continue _controlReleased _controller _copy _copyActual _copyFile _cpuUsage
  _createBlob _createBlobFromFilePath _createSocketHandle _debug _debugPause _debugger _decode _default _defaultAgent _defaultFlushFlag _defaultFullFlushFlag
  _defaultKeepAlive _delete _destroyed _disconnect _discoverWebsocketPath _do _domain _dumped _duplexify _effective _else _enable _enableCompileCache
  _encoding _ended _err _error _eval _events _eventsCount _execve _expect_continue _export _exports _extends _extensions _false _fetchJSON _ffi _fill
  _finally _finishFlushFlag _flags _flushBoundIdx _flushing _fn _for _forceDefaultLoader _forceRepl _format _function _generateKey _generateKeyPair
  _getCipherInfo _getCiphers _getCompileCacheDir _getCppHeapStatistics _getCurves _getHashes _getHomeDirectory _getHostname _getInterfaceAddresses _getMacs
  _getMaxListeners _getOSInformation _getPriority _getRandomValues _getServer _getUptime _glob _guessHandleType _hadError _handleChunk _handleQueue _hasBody
  _hasMagic _hasStartedUserCJSExecution _hasStartedUserESMExecution _hashCache _headerNames _headerSent _headers _healthCheck _historyHandle
  _historyHandleClosed _host _hostname _http _httpMessage _http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _idleNext
  _idlePrev _idleStart _idleTimeout _if _ignoreErrors _ignoreMatcher _import _importAttributes _in _indent _index _inflateStream _info _initgroups
  _initialPrompt _initialize _inspect _inspectorRequestId _instanceof _instantiate _isArrayBufferDetached _isContext _isMultiline _isStandalone _isStdio
  _isStringOneByteRepresentation _isUsingInspector _iterator _kCloseHandle _kContext _kFlushHistory _kGetHistoryPath _kHandleHistoryInitError
  _kHasWritePermission _kHistory _kHistoryHandle _kHistoryPath _kIndex _kInitializeHistory _kIsFlushing _kNormalizeLineEndings _kOnExit _kOnLine _kPending
  _kRemoveHistoryDuplicates _kReplHistoryMessage _kResolveHistoryPath _kSize _kTimer _kValidateOptions _kWriteToOutput _kWriting _keepAliveTimeout _key
  _killRing _killRingCursor _last _lastCommandErrored _lastId _level _link _listeners _listeningId _loadEnvFile _macCache _maxCachedSessions _maxListeners
  _maxOutputLength _maxRequestsPerSocket _measureMemory _memory _memoryUsage _mockExports _mode _module _moveDownOrHistoryNext _moveUpOrHistoryPrev
  _multilineMove _new _newSessionPending _noBrowserGlobals _node _normalizeEncoding _null _obj _offset _onImmediate _onNewListener _onPendingData
  _onRemoveListener _onceWrap _options _originalSpecifier _outBuffer _outOffset _parent _parentURL _parentWrap _parsePKCS12 _parseREPLKeyword _pathCache
  _pathToFileURL _paused _peername _pending _pendingData _pendingEncoding _pendingMessage _pendingQlog _permission _pipeName _port _position _preload_modules
  _previousCursor _previousCursorCols _previousLine _previousPrevRows _print_eval _privateDecrypt _privateEncrypt _process _promise _propagate _publicDecrypt
  _publicEncrypt _pushToKillRing _pushToUndoStack _queryObjects _questionReject _queue _randomUUID _receiving _redo _redoStack _register
  _rejectGarbageAfterEnd _rejectUnauthorized _removedConnection _removedContLen _removedTE _repeat _replHistoryMessage _request _requestCert _resolve
  _resolveAlreadyNormalized _resourceUsage _restorePreviousState _resume _return _reuseAddr _rimraf _rmchildren _rmdir _rmdirSync _runScript
  _savePreviousState _secureContext _secureEstablished _secureHeapUsed _securePending _sent100 _server _sessionCache _sessionRegistry
  _setDeserializeMainFunction _setEngine _setFlagsFromString _setHeapProfileNearHeapLimit _setHeapSnapshotNearHeapLimit _setLine _setMemory _setPriority
  _setSimultaneousAccepts _setegid _seteuid _setgid _setgroups _setuid _sharedCreds _shouldSpawnLoaderHookWorker _simultaneousAccepts _size _sleep _socket
  _sockname _src _st _stack _startCpuProfile _startHeapProfile _started _state _statusMessage _stdio _stopCpuProfile _stopHeapProfile _stopReceiving _stores
  _strategy _stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _string _subscribers _super _swap16 _swap32
  _swap64 _switch _syntax_check_only _tabCompleter _text _this _threadCpuUsage _throw _timerArg _timerArgs _times _tlsOptions _tls_common _tls_wrap
  _traceEventId _trailer _trailers _transcode _true _try _ttyWriteDumb _turnOffEditorMode _turnOnEditorMode _type _typeof _undo _undoStack _unlinkSync
  _unprocessed _unref _unrefActive _url _userErrorHandler _usingWorkers _var _void _watch _while _willEmitClose _with _workers _writeState _yank _yankPop
  _yanking`;

const NATIVE_METHODS: ReadonlySet<string> = new Set(`${NAMES} ${UNDERSCORED}`.trim().split(/\s+/));

/**
 * Symbols by which the language or Node asks for something: the well-known ones (ECMA-262, 6.1.5.1), and of the registry of all symbols those that the
 * JavaScript of Node 20 and 26 names (`process.binding('natives')`). Any other of the registry is one of the program's own.
 */
export const isAskedSymbol = (name: string): boolean =>
  name.startsWith('Symbol.') && !/^Symbol\.for\((?!(?:nodejs|undici|Stream)\.)/.test(name);

export const isNativeMethod = (name: string): boolean => isAskedSymbol(name) || NATIVE_METHODS.has(name);
