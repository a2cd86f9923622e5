-- Shows Rackweave's multicast datagrams (PROTOCOL.md, part I) in Wireshark and tshark:
--   tshark -X lua_script:rackweave.lua -r capture.pcap -V
--
-- It reads what stands outside the seal and proves nothing of it. ChaCha20-Poly1305 is not in Wireshark's Lua, so what is
-- inside stays sealed here; src/test/python/rackweave_protocol.py opens it, given the group key.

local DEFAULT_PORT = 5257
local SHORTEST, LONGEST = 128, 1200 -- bytes of a datagram
local TAG_BYTES = 16 -- Poly1305
local KEY_ID_BYTES = 40
local ENCRYPT0, CHACHA20_POLY1305 = 16, 24 -- COSE: tag of the message, number of the algorithm
local MESSAGE_TYPE_LABEL = 65536 -- key -65537, as CBOR writes it

local rackweave = Proto("rackweave", "Rackweave multicast")
local types = { [1] = "HELLO", [2] = "ANNOUNCE", [3] = "LEAVE" }
local algorithms = { [CHACHA20_POLY1305] = "ChaCha20-Poly1305" }

local fields = {
  algorithm = ProtoField.uint8("rackweave.algorithm", "Algorithm", base.DEC, algorithms),
  key_id = ProtoField.bytes("rackweave.key_id", "Key id"),
  node = ProtoField.bytes("rackweave.node_id", "Node id"),
  boot_epoch = ProtoField.uint32("rackweave.boot_epoch", "Boot epoch"),
  boot_key = ProtoField.bytes("rackweave.boot_key_id", "Boot key id"),
  group_number = ProtoField.uint32("rackweave.group_number", "Group number"),
  group_hash = ProtoField.bytes("rackweave.group_hash", "Group hash"),
  sequence = ProtoField.uint64("rackweave.sequence", "Sequence"),
  type = ProtoField.uint8("rackweave.type", "Message type", base.DEC, types),
  ciphertext = ProtoField.bytes("rackweave.ciphertext", "Ciphertext"),
  ciphertext_length = ProtoField.uint16("rackweave.ciphertext_length", "Bytes of ciphertext"),
  tag = ProtoField.bytes("rackweave.tag", "Poly1305 tag"),
}
rackweave.fields = fields

local malformed = ProtoExpert.new("rackweave.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
local sealed = ProtoExpert.new("rackweave.sealed", "Sealed", expert.group.DECRYPTION, expert.severity.NOTE)
rackweave.experts = { malformed, sealed }

rackweave.prefs.port = Pref.uint("UDP port", DEFAULT_PORT, "Where the nodes of the rack listen")

-- A reader of CBOR heads in their shortest form, which keeps the first fault and then answers 0.

local Reader = {}
Reader.__index = Reader

local function reader(buffer)
  return setmetatable({ buffer = buffer, at = 0 }, Reader)
end

function Reader:refuse(reason)
  self.fault = self.fault or { reason = reason, at = self.at }
  return 0
end

-- The next bytes as a range; empty is never asked for.
function Reader:take(count)
  if self.fault or count > self.buffer:len() - self.at then
    self:refuse("ends within a value")
    return nil
  end
  local range = self.buffer(self.at, count)
  self.at = self.at + count
  return range
end

-- The argument of a head of this major type: numbers up to 32 bits are all that the outside has.
function Reader:head(major, what)
  local first = self:take(1)
  if not first then
    return 0
  end
  local value = first:uint() % 32
  if math.floor(first:uint() / 32) ~= major or value > 26 then
    return self:refuse("not " .. what)
  end
  if value < 24 then
    return value
  end
  local width = 2 ^ (value - 24)
  local argument = self:take(width)
  if not argument then
    return 0
  end
  local least = ({ 24, 256, 65536 })[value - 23]
  return argument:uint() >= least and argument:uint() or self:refuse("a head that is not the shortest")
end

function Reader:exactly(major, argument, what)
  if self:head(major, what) ~= argument then
    self:refuse("not " .. what)
  end
end

-- A byte string's content, nil after a fault or when it is empty.
function Reader:bytes(what)
  local length = self:head(2, what)
  if length == 0 then
    self:refuse(what .. " is empty")
    return nil
  end
  return self:take(length)
end

local function add_key_id(tree, range)
  local key_id = tree:add(fields.key_id, range)
  key_id:add(fields.node, range(0, 16))
  key_id:add(fields.boot_epoch, range(16, 4))
  key_id:add(fields.boot_key, range(20, 8))
  key_id:add(fields.group_number, range(28, 4))
  key_id:add(fields.group_hash, range(32, 8))
end

local function sequence_of(header)
  header:exactly(0, 6, "a key 6, Partial IV")
  local range = header:bytes("Partial IV")
  if range and (range:len() > 8 or (range:len() > 1 and range(0, 1):uint() == 0)) then
    header:refuse("a sequence of more than 8 bytes, or with a leading zero")
  elseif range and range:len() == 8 and range(0, 1):uint() > 127 then
    header:refuse("a sequence of 64 bits")
  end
  return range
end

-- Reads the protected header and shows each parameter as soon as it is known to be well-formed.
local function read_header(header, tree)
  header:exactly(5, 4, "a map of four parameters")
  header:exactly(0, 1, "a key 1, algorithm")
  local algorithm_at = header.at
  header:exactly(0, CHACHA20_POLY1305, "ChaCha20-Poly1305")
  if not header.fault then
    tree:add(fields.algorithm, header.buffer(algorithm_at, header.at - algorithm_at), CHACHA20_POLY1305)
  end
  header:exactly(0, 4, "a key 4, key id")
  local key_id = header:bytes("key id")
  if key_id and key_id:len() ~= KEY_ID_BYTES then
    header:refuse("a key id of " .. key_id:len() .. " bytes, not " .. KEY_ID_BYTES)
  elseif key_id then
    add_key_id(tree, key_id)
  end
  local sequence = sequence_of(header)
  if sequence and not header.fault then
    tree:add(fields.sequence, sequence, sequence:uint64())
  end
  header:exactly(1, MESSAGE_TYPE_LABEL, "a key -65537, message type")
  local type_at = header.at
  local type = header:head(0, "a message type")
  if type > 255 then
    header:refuse("a message type above 255")
  end
  if header.fault then
    return nil
  end
  tree:add(fields.type, header.buffer(type_at, header.at - type_at), type)
  if header.at < header.buffer:len() then
    header:refuse("bytes after the header's map")
  end
  return type
end

local function read_datagram(frame, tree)
  if frame.buffer:len() < SHORTEST or frame.buffer:len() > LONGEST then
    frame:refuse(frame.buffer:len() .. " bytes; a datagram has " .. SHORTEST .. " to " .. LONGEST)
    return nil
  end
  frame:exactly(6, ENCRYPT0, "a COSE_Encrypt0")
  frame:exactly(4, 3, "an array of three")
  local protected = frame:bytes("the protected header")
  if not protected then
    return nil
  end
  local header = reader(protected)
  local type = read_header(header, tree)
  frame.fault = frame.fault or header.fault
  frame:exactly(5, 0, "an empty unprotected header")
  local ciphertext = frame:bytes("the ciphertext")
  if ciphertext and ciphertext:len() > TAG_BYTES then
    local length = ciphertext:len() - TAG_BYTES
    tree:add(fields.ciphertext_length, ciphertext, length)
    tree:add(fields.ciphertext, ciphertext(0, length))
    tree:add(fields.tag, ciphertext(length, TAG_BYTES))
  elseif ciphertext then
    frame:refuse("no ciphertext before the tag")
  end
  if not frame.fault and frame.at < frame.buffer:len() then
    frame:refuse("bytes after the datagram")
  end
  return type
end

function rackweave.dissector(buffer, packet, root)
  packet.cols.protocol = "Rackweave"
  local tree = root:add(rackweave, buffer())
  local frame = reader(buffer)
  local type = read_datagram(frame, tree)
  if frame.fault then
    packet.cols.info = "Malformed: " .. frame.fault.reason
    tree:add_proto_expert_info(malformed, frame.fault.reason)
    return
  end
  packet.cols.info = types[type] or ("type " .. type .. ", of a later version")
  tree:add_proto_expert_info(sealed, "The payload is sealed; rackweave_protocol.py opens it with the group key")
end

local udp_port = DissectorTable.get("udp.port")
local registered = DEFAULT_PORT
udp_port:add(registered, rackweave)

function rackweave.prefs_changed()
  udp_port:remove(registered, rackweave)
  registered = rackweave.prefs.port
  udp_port:add(registered, rackweave)
end
