// One MLS member built on ts-mls. It reads a JSON request a line from stdin
// and answers each with a JSON line: {...result} or {error}. Bytes travel as
// base64. tests/interop/mls_test.go is the other end.
import { createInterface } from 'node:readline'
import * as mls from 'ts-mls'

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const text = (data) => Buffer.from(data).toString('base64')

let suite
let keys
let state
const psks = {}

const message = (wireformat, content) => text(mls.encodeMlsMessage({ version: 'mls10', wireformat, ...content }))

function read(encoded) {
  const decoded = mls.decodeMlsMessage(bytes(encoded), 0)
  if (decoded === undefined) throw new Error('undecodable message')
  return decoded[0]
}

function proposal(p) {
  switch (p.type) {
    case 'add':
      return { proposalType: 'add', add: { keyPackage: read(p.keyPackage).keyPackage } }
    case 'remove':
      return { proposalType: 'remove', remove: { removed: p.leaf } }
    case 'psk':
      return {
        proposalType: 'psk',
        psk: {
          preSharedKeyId: { psktype: 'external', pskId: bytes(p.id), pskNonce: suite.rng.randomBytes(suite.kdf.size) },
        },
      }
  }
  throw new Error(`unknown proposal ${p.type}`)
}

const commands = {
  async start({ suite: name, identity }) {
    suite = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(name))
    const capabilities = mls.defaultCapabilities()
    const credential = { credentialType: 'basic', identity: bytes(identity) }
    keys = await mls.generateKeyPackage(credential, capabilities, mls.defaultLifetime, [], suite)
    return { keyPackage: message('mls_key_package', { keyPackage: keys.publicPackage }) }
  },
  async psk({ id, key }) {
    psks[id] = bytes(key)
    return {}
  },
  async create({ groupID }) {
    state = await mls.createGroup(bytes(groupID), keys.publicPackage, keys.privatePackage, [], suite)
    return {}
  },
  async join({ welcome, tree }) {
    const index = mls.makePskIndex(undefined, psks)
    state = await mls.joinGroup(read(welcome).welcome, keys.publicPackage, keys.privatePackage, index, suite, tree)
    return {}
  },
  async joinExternal({ groupInfo }) {
    const info = read(groupInfo).groupInfo
    const result = await mls.joinGroupExternal(info, keys.publicPackage, keys.privatePackage, false, suite)
    state = result.newState
    return { commit: message('mls_public_message', { publicMessage: result.publicMessage }) }
  },
  async groupInfo() {
    const info = await mls.createGroupInfoWithExternalPubAndRatchetTree(state, [], suite)
    return { groupInfo: message('mls_group_info', { groupInfo: info }) }
  },
  async commit({ proposals = [], open }) {
    const context = { state, cipherSuite: suite, pskIndex: mls.makePskIndex(state, psks) }
    const result = await mls.createCommit(context, {
      extraProposals: proposals.map(proposal),
      wireAsPublicMessage: open,
      ratchetTreeExtension: true,
    })
    state = result.newState
    const welcome = result.welcome === undefined ? undefined : message('mls_welcome', { welcome: result.welcome })
    return { commit: text(mls.encodeMlsMessage(result.commit)), welcome }
  },
  async propose({ proposal: p, open }) {
    const result = await mls.createProposal(state, open, proposal(p), suite)
    state = result.newState
    return { message: text(mls.encodeMlsMessage(result.message)) }
  },
  async encrypt({ text: plain }) {
    const result = await mls.createApplicationMessage(state, bytes(plain), suite)
    state = result.newState
    return { message: message('mls_private_message', { privateMessage: result.privateMessage }) }
  },
  async process({ message: encoded }) {
    const index = mls.makePskIndex(state, psks)
    const result = await mls.processMessage(read(encoded), state, index, mls.acceptAll, suite)
    state = result.newState
    return { text: result.kind === 'applicationMessage' ? text(result.message) : undefined }
  },
  async state({ label, context, length }) {
    const exported = await mls.mlsExporter(state.keySchedule.exporterSecret, label, bytes(context), length, suite)
    return {
      epoch: Number(state.groupContext.epoch),
      authenticator: text(state.keySchedule.epochAuthenticator),
      exported: text(exported),
      leaf: state.privatePath.leafIndex,
    }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    const request = JSON.parse(line)
    answer = await commands[request.do](request)
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
