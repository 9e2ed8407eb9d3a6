package refusal

// The reasons why the bytes of an archive are refused.
const (
	NotArchive     Reason = "not-an-archive"
	Gzip           Reason = "gzip"
	Truncated      Reason = "truncated"
	Trailing       Reason = "trailing-bytes"
	TooLarge       Reason = "too-large"
	TooMany        Reason = "too-many-entries"
	Ratio          Reason = "compression-ratio"
	EntryType      Reason = "entry-type"
	EntryHeader    Reason = "entry-header"
	EntryName      Reason = "entry-name"
	DuplicateEntry Reason = "duplicate-entry"
	EntryOrder     Reason = "entry-order"
	FileKind       Reason = "file-kind"
	Empty          Reason = "empty"
	Manifest       Reason = "manifest"
	Roots          Reason = "roots"
	Revision       Reason = "revision"
	Rego           Reason = "rego"
)

// The reasons why JSON that is signed, or that says what is signed, is refused.
const (
	JSONSyntax       Reason = "json-syntax"
	JSONDuplicateKey Reason = "json-duplicate-key"
	JSONTrailing     Reason = "json-trailing-bytes"
	JSONDepth        Reason = "json-depth"
	JSONShape        Reason = "json-shape"
	JSONNotCanonical Reason = "json-not-canonical"
)

// The reasons why a key or a signature is refused.
const (
	KeyUnusable       Reason = "key-unusable"
	KeyWeak           Reason = "key-weak"
	KeyUnknown        Reason = "key-unknown"
	KeyRevoked        Reason = "key-revoked"
	NotSigned         Reason = "not-signed"
	SignatureCount    Reason = "signature-count"
	SignatureForm     Reason = "signature-form"
	Algorithm         Reason = "algorithm"
	SignatureWrong    Reason = "signature-wrong"
	Scope             Reason = "scope"
	FileListEmpty     Reason = "file-list-empty"
	FileListDuplicate Reason = "file-list-duplicate"
	FileListMissing   Reason = "file-not-listed"
	FileListExtra     Reason = "listed-file-missing"
	HashAlgorithm     Reason = "hash-algorithm"
	HashWrong         Reason = "hash-wrong"
	BodyHash          Reason = "body-hash"
)

// The reasons why a release is refused.
const (
	PayloadType      Reason = "payload-type"
	Threshold        Reason = "threshold"
	Statement        Reason = "statement"
	WrongName        Reason = "wrong-name"
	WrongChannel     Reason = "wrong-channel"
	BytesDiffer      Reason = "bytes-differ"
	Expired          Reason = "expired"
	Future           Reason = "from-the-future"
	Lifetime         Reason = "lifetime"
	NoTimestamp      Reason = "no-timestamp"
	TimestampTarget  Reason = "timestamp-of-another-release"
	Rollback         Reason = "rollback"
	Equivocation     Reason = "equivocation"
	Clock            Reason = "clock"
	Keyring          Reason = "keyring"
	KeyringRollback  Reason = "keyring-rollback"
	KeyringChain     Reason = "keyring-chain"
	KeyringEquivocal Reason = "keyring-equivocation"
	State            Reason = "state"
	MinimumOPA       Reason = "minimum-opa"
	OCIDigest        Reason = "oci-digest"
	OCIArtifact      Reason = "oci-artifact"
	PredicateType    Reason = "predicate-type"
	Subject          Reason = "subject"
)

const (
	getAgain  = "get it again from a source that you trust, or build it with onelayer build"
	signAgain = "ask who released it to sign it again with onelayer sign"
	keepOld   = "keep what you have, and ask who released it"
)

// mends say what to do, each for its reasons.
var mends = mendsOf(map[string][]Reason{
	getAgain: {
		NotArchive, Gzip, Truncated, Trailing, TooLarge, TooMany, Ratio, EntryType, EntryHeader, EntryName, DuplicateEntry,
		EntryOrder, FileKind, Empty, Manifest, Roots, Revision, Rego, JSONSyntax, JSONDuplicateKey, JSONTrailing, JSONDepth,
		JSONShape, JSONNotCanonical, BytesDiffer, OCIDigest, OCIArtifact,
	},
	signAgain: {
		NotSigned, SignatureCount, SignatureForm, Algorithm, FileListEmpty, FileListDuplicate, HashAlgorithm, PayloadType,
		Threshold, Statement, Lifetime, NoTimestamp, TimestampTarget, PredicateType, Subject,
	},
	keepOld: {
		FileListMissing, FileListExtra, HashWrong, BodyHash, SignatureWrong, Rollback, Equivocation, KeyRevoked,
		KeyringRollback, KeyringEquivocal, Expired,
	},
	"give a PEM file with one key: ECDSA P-256, RSA of 2048 to 8192 bits, or Ed25519 for statements": {KeyUnusable, KeyWeak},
	"give the key that it was signed with, and its id":                                               {KeyUnknown},
	"give the scope that it was signed for, or the bundle of this scope":                             {Scope},
	"ask for the name and channel that it was released for":                                          {WrongName, WrongChannel},
	"set the clock of this machine":                                                                  {Future, Clock},
	"give a keyring that onelayer sign keyring wrote":                                                {Keyring},
	"get the keyrings between the two first, in order":                                               {KeyringChain},
	"mend or remove the file, knowing that a removed one forgets which versions were seen":           {State},
	"use that version of OPA or a newer one":                                                         {MinimumOPA},
})

func mendsOf(reasons map[string][]Reason) map[Reason]string {
	byReason := map[Reason]string{}
	for mend, list := range reasons {
		for _, reason := range list {
			byReason[reason] = mend
		}
	}
	return byReason
}

// Reasons lists every reason there is.
func Reasons() []Reason {
	list := make([]Reason, 0, len(mends))
	for reason := range mends {
		list = append(list, reason)
	}
	return list
}
