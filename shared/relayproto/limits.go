package relayproto

import "time"

// Routes of a relay.
const (
	RouteDescriptor = "/.well-known/petmail-relay" // GET: a SignedDescriptor
	RouteDeposit    = "/deposit"                   // POST: one envelope; answered 202 and DepositAnswer, always alike
	RouteMailbox    = "/mailbox"                   // GET: WebSocket of frames; POST: a SignedMailboxRequest
	RouteSlots      = "/slots/"                    // PUT, GET: /slots/{64 lower-case hex digits}
	RouteRendezvous = "/v1"                        // GET: WebSocket, Magic Wormhole mailbox server
	RouteInvite     = "/i/"                        // GET: invitation landing page
	RouteHealth     = "/healthz"                   // GET: operator
	RouteMetrics    = "/metrics"                   // GET: operator
)

// DepositAnswer is the whole body of every accepted deposit.
const DepositAnswer = "accepted\n"

// Sizes, in bytes unless said otherwise.
const (
	MaxDescriptor     = 4 << 10
	MaxMailboxRequest = 16 << 10
	MaxErrorBody      = 1 << 10
	MaxSlotValue      = 512 << 10
	SlotIDSize        = 32
	NonceSize         = 32
	MailboxKeySize    = 32 // Ed25519 public key
	SignatureSize     = 64 // Ed25519
	DoorIDSize        = 32 // SHA-256 of a door
	IDSize            = 32 // SHA-256 of DescriptorKeys

	// MaxFrame bounds one CBOR frame on the mailbox socket: the largest
	// envelope (65,536) and its framing.
	MaxFrame = 65536 + 256
	// MaxRendezvousFrame bounds one JSON frame on the rendezvous socket.
	MaxRendezvousFrame = 64 << 10
)

// Counts.
const (
	MaxDoorsPerMailbox = 64
	MaxDoorsPerRequest = 16
	// RetiringShare: a door that is being retired holds at most this part,
	// one eighth, of the bytes that its mailbox may hold.
	RetiringShare = 8

	MaxCredit       = 256  // envelopes a relay may push ahead of credit
	MaxAcksPerFrame = 1024 // sequence numbers in one ack frame
)

// Times.
const (
	EnvelopeRetention = 30 * 24 * time.Hour // unacknowledged envelopes
	SlotRetention     = 90 * 24 * time.Hour
	CodeLifetime      = 48 * time.Hour      // nameplates and their mailboxes
	LinkLifetime      = 14 * 24 * time.Hour // rendezvous mailboxes opened by link
	DoorRetirement    = 14 * 24 * time.Hour // a retired door still delivers this long

	PingInterval = 25 * time.Second // agent to relay, both sockets
	PongTimeout  = 10 * time.Second
	AuthTimeout  = 10 * time.Second // socket accepted to auth frame
)
