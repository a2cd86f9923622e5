package org.rackweave.protocol.multicast;

import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_CAPACITIES;
import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_CBOR_DEPTH;
import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_CBOR_ITEMS;
import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_CERTIFICATE_BYTES;
import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_DELEGATION_BYTES;
import static org.rackweave.protocol.multicast.ProtocolLimits.MAX_REASON_CHARS;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;

/**
 * The bytes of payloads: one map of deterministic CBOR, whose keys mean the same in every message.
 *
 * <pre>
 *   key  meaning                                   HELLO  ANNOUNCE  LEAVE
 *    1   node id, 16 bytes                           x       x        x
 *    2   boot epoch, 32 bits                         x       x        x
 *    3   version of the offering, from 1                     x
 *    4   advisory time, ms since 1970                        x
 *    5   period, ms                                          x
 *    6   CoAP port                                   x       x
 *    7   { kind: [total, free, largest] }                    x
 *    8   flags, bit set                                      x
 *    9   revocation list [number, 8 bytes]                   o
 *   10   audit head [number, 8 bytes]                        o
 *   11   X.509 leaf, DER                             x
 *   12   delegation of the boot key                  x
 *   13   purpose: 1 tell, 2 ask                      x
 *   14   reason, one word                                             x
 *   15   newest group key [list, number, 8 bytes]            o
 * </pre>
 *
 * <p>x must be there, o may. A key that a message does not use, or that is not in the table, is passed over: later
 * versions append.
 */
public final class PayloadCodec {
    static final int NODE = 1;
    static final int BOOT_EPOCH = 2;
    static final int VERSION = 3;
    static final int TIME = 4;
    static final int PERIOD = 5;
    static final int COAP_PORT = 6;
    static final int CAPACITIES = 7;
    static final int FLAGS = 8;
    static final int REVOCATIONS = 9;
    static final int AUDIT_HEAD = 10;
    static final int CERTIFICATE = 11;
    static final int DELEGATION = 12;
    static final int PURPOSE = 13;
    static final int REASON = 14;
    static final int GROUP_KEY = 15;

    private PayloadCodec() {}

    /** The one encoding of this payload. */
    public static byte[] encode(Payload payload) {
        return switch (payload.type()) {
            case HELLO -> hello((Hello) payload);
            case ANNOUNCE -> announce((Announce) payload);
            case LEAVE -> leave((Leave) payload);
        };
    }

    /** Reads a payload whose type the seal has named. Never throws, whatever the bytes. */
    public static PayloadDecoding decode(Payload.Type type, byte[] bytes) {
        Fields fields = Fields.read(bytes);
        Optional<CborFault> fault = fields.fault();
        if (fault.isPresent()) {
            return new PayloadDecoding.Rejected(fault.get());
        }
        if (!fields.hasAll(required(type))) {
            return new PayloadDecoding.Rejected(CborFault.MISSING_KEY);
        }
        try {
            return new PayloadDecoding.Decoded(fields.toPayload(type));
        } catch (IllegalArgumentException e) {
            // The records are the one place that knows the ranges. Only signed bytes come here, so the cost is a
            // member's.
            return new PayloadDecoding.Rejected(CborFault.OUT_OF_RANGE);
        }
    }

    private static int[] required(Payload.Type type) {
        return switch (type) {
            case HELLO -> new int[] {NODE, BOOT_EPOCH, COAP_PORT, CERTIFICATE, DELEGATION, PURPOSE};
            case ANNOUNCE -> new int[] {NODE, BOOT_EPOCH, VERSION, TIME, PERIOD, COAP_PORT, CAPACITIES, FLAGS};
            case LEAVE -> new int[] {NODE, BOOT_EPOCH, REASON};
        };
    }

    // ---- writing -----------------------------------------------------------------------

    private static byte[] hello(Hello hello) {
        CborWriter out = new CborWriter().map(6);
        writeSender(out, hello);
        return out.unsigned(COAP_PORT)
                .unsigned(hello.coapPort())
                .unsigned(CERTIFICATE)
                .bytes(hello.certificateDer())
                .unsigned(DELEGATION)
                .bytes(hello.delegation())
                .unsigned(PURPOSE)
                .unsigned(hello.purpose().code())
                .toBytes();
    }

    private static byte[] announce(Announce announce) {
        Offering offering = announce.offering();
        boolean hasRevocations = !offering.revocations().equals(Mark.NONE);
        boolean hasAuditHead = !offering.auditHead().equals(Mark.NONE);
        boolean hasGroupKey = !offering.groupKey().equals(KeyMark.NONE);
        CborWriter out =
                new CborWriter().map(8 + (hasRevocations ? 1 : 0) + (hasAuditHead ? 1 : 0) + (hasGroupKey ? 1 : 0));
        writeSender(out, announce);
        out.unsigned(VERSION).unsigned(announce.version());
        out.unsigned(TIME).unsigned(announce.advisoryEpochMillis());
        out.unsigned(PERIOD).unsigned(announce.periodMillis());
        out.unsigned(COAP_PORT).unsigned(announce.coapPort());
        out.unsigned(CAPACITIES).map(offering.capacities().size());
        for (NodeView.Capacity capacity : offering.capacities()) {
            out.unsigned(capacity.kind().code())
                    .array(3)
                    .unsigned(capacity.total())
                    .unsigned(capacity.free())
                    .unsigned(capacity.largest());
        }
        out.unsigned(FLAGS).unsigned(NodeFlag.bits(offering.flags()));
        if (hasRevocations) {
            writeMark(out.unsigned(REVOCATIONS), offering.revocations());
        }
        if (hasAuditHead) {
            writeMark(out.unsigned(AUDIT_HEAD), offering.auditHead());
        }
        if (hasGroupKey) {
            writeKeyMark(out.unsigned(GROUP_KEY), offering.groupKey());
        }
        return out.toBytes();
    }

    private static byte[] leave(Leave leave) {
        CborWriter out = new CborWriter().map(3);
        writeSender(out, leave);
        return out.unsigned(REASON).text(leave.reason()).toBytes();
    }

    private static void writeSender(CborWriter out, Payload payload) {
        out.unsigned(NODE).bytes(payload.node().bytes());
        out.unsigned(BOOT_EPOCH).unsigned(payload.bootEpoch());
    }

    private static void writeMark(CborWriter out, Mark mark) {
        byte[] hash = ByteBuffer.allocate(Long.BYTES).putLong(mark.hash()).array();
        out.array(2).unsigned(mark.number()).bytes(hash);
    }

    private static void writeKeyMark(CborWriter out, KeyMark mark) {
        byte[] hash = ByteBuffer.allocate(Long.BYTES).putLong(mark.hash()).array();
        out.array(3).unsigned(mark.revocations()).unsigned(mark.number()).bytes(hash);
    }

    // ---- reading -----------------------------------------------------------------------

    /** What was read, before it is known whether it makes a message. */
    private static final class Fields {
        private final CborReader in;
        private int seen;
        private Optional<NodeId> node = Optional.empty();
        private long bootEpoch;
        private long version;
        private long time;
        private long period;
        private long coapPort;
        private List<NodeView.Capacity> capacities = List.of();
        private long flags;
        private Mark revocations = Mark.NONE;
        private Mark auditHead = Mark.NONE;
        private KeyMark groupKey = KeyMark.NONE;
        private byte[] certificate = new byte[0];
        private byte[] delegation = new byte[0];
        private long purpose;
        private String reason = "";

        private Fields(CborReader in) {
            this.in = in;
        }

        static Fields read(byte[] bytes) {
            Fields fields = new Fields(new CborReader(bytes, MAX_CBOR_ITEMS));
            fields.readMap();
            fields.in.requireEnd();
            return fields;
        }

        Optional<CborFault> fault() {
            return in.fault();
        }

        boolean hasAll(int... keys) {
            for (int key : keys) {
                if ((seen & (1 << key)) == 0) {
                    return false;
                }
            }
            return true;
        }

        Payload toPayload(Payload.Type type) {
            NodeId sender = node.orElseThrow();
            return switch (type) {
                case HELLO -> new Hello(sender, bootEpoch, port(), certificate, delegation, purpose());
                case ANNOUNCE ->
                    new Announce(
                            sender,
                            bootEpoch,
                            version,
                            time,
                            period,
                            port(),
                            new Offering(capacities, NodeFlag.ofBits(flags), revocations, auditHead, groupKey));
                case LEAVE -> new Leave(sender, bootEpoch, reason);
            };
        }

        private int port() {
            return (int) Math.min(coapPort, Integer.MAX_VALUE);
        }

        private Hello.Purpose purpose() {
            // A purpose that a later version knows asks nothing of this one.
            return Hello.Purpose.ofCode(purpose).orElse(Hello.Purpose.TELL);
        }

        private void readMap() {
            int pairs = in.map();
            long key = 0;
            for (int i = 0; i < pairs && !in.hasFault(); i++) {
                key = in.keyAfter(key);
                readValue(key);
            }
        }

        private void readValue(long key) {
            if (key <= GROUP_KEY) {
                seen |= 1 << key;
            }
            switch ((int) Math.min(key, Integer.MAX_VALUE)) {
                case NODE -> node = NodeId.fromBytes(in.exactly(NodeId.BYTES));
                case BOOT_EPOCH -> bootEpoch = in.unsigned();
                case VERSION -> version = in.unsigned();
                case TIME -> time = in.unsigned();
                case PERIOD -> period = in.unsigned();
                case COAP_PORT -> coapPort = in.unsigned();
                case CAPACITIES -> capacities = readCapacities();
                case FLAGS -> flags = in.unsigned();
                case REVOCATIONS -> revocations = readMark();
                case AUDIT_HEAD -> auditHead = readMark();
                case CERTIFICATE -> certificate = in.bytes(MAX_CERTIFICATE_BYTES);
                case DELEGATION -> delegation = in.bytes(MAX_DELEGATION_BYTES);
                case PURPOSE -> purpose = in.unsigned();
                case GROUP_KEY -> groupKey = readKeyMark();
                case REASON -> reason = in.text(MAX_REASON_CHARS);
                default -> in.skip(MAX_CBOR_DEPTH - 1);
            }
        }

        private List<NodeView.Capacity> readCapacities() {
            int kinds = in.map();
            if (kinds > MAX_CAPACITIES) {
                in.reject(CborFault.OUT_OF_RANGE);
            }
            List<NodeView.Capacity> read = new ArrayList<>();
            long code = 0;
            for (int i = 0; i < kinds && !in.hasFault(); i++) {
                code = in.keyAfter(code);
                in.array(3);
                long total = in.unsigned();
                long free = in.unsigned();
                long largest = in.unsigned();
                // A kind that this version does not know cannot be asked for here, so it is passed over.
                Optional<ResourceKind> kind = ResourceKind.ofCode(code);
                if (in.hasFault() || kind.isEmpty()) {
                    continue;
                }
                if (free > total || largest > free) {
                    in.reject(CborFault.OUT_OF_RANGE);
                } else {
                    read.add(new NodeView.Capacity(kind.get(), total, free, largest));
                }
            }
            return read;
        }

        private KeyMark readKeyMark() {
            in.array(3);
            long revocationsNumber = in.unsigned();
            long number = in.unsigned();
            long hash = ByteBuffer.wrap(in.exactly(Long.BYTES)).getLong();
            if (number == 0 || number > GroupKey.LAST_NUMBER) {
                in.reject(CborFault.OUT_OF_RANGE);
                return KeyMark.NONE;
            }
            return new KeyMark(revocationsNumber, number, hash);
        }

        private Mark readMark() {
            in.array(2);
            long number = in.unsigned();
            long hash = ByteBuffer.wrap(in.exactly(Long.BYTES)).getLong();
            if (number == 0) {
                // Number 0 is said by leaving the key out: one meaning, one encoding.
                in.reject(CborFault.OUT_OF_RANGE);
                return Mark.NONE;
            }
            return new Mark(number, hash);
        }
    }
}
