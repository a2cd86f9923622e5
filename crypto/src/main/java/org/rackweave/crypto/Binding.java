package org.rackweave.crypto;

import org.rackweave.crypto.cbor.CborWriter;

/**
 * What a sealed datagram is bound to beyond its own bytes: the external_aad of its two layers, as deterministic CBOR.
 *
 * <pre>
 * outer: [ "rackweave/1", rack id, message type, [ group number, group hash ] ]
 * inner: [ "rackweave/1", rack id, message type, [ group number, group hash ], node id, boot epoch, sequence ]
 * </pre>
 *
 * <p>The inner one repeats what the outer header says, because every member can derive every sender's outer key. Without
 * it a member could wrap what another signed once more, under another type, sequence or epoch. So the outer header is as
 * good as signed, and a payload need not repeat who sent it, in which boot and with which sequence.
 */
final class Binding {
    private static final String LABEL = "rackweave/1";
    private static final int OUTER_ELEMENTS = 4;
    private static final int INNER_ELEMENTS = 7;

    private Binding() {}

    static byte[] outer(RackId rack, OuterHeader header) {
        return common(OUTER_ELEMENTS, rack, header).toBytes();
    }

    static byte[] inner(RackId rack, OuterHeader header) {
        return common(INNER_ELEMENTS, rack, header)
                .bytes(header.sender().bytes())
                .integer(header.bootEpoch())
                .integer(header.sequence())
                .toBytes();
    }

    private static CborWriter common(int elements, RackId rack, OuterHeader header) {
        return new CborWriter()
                .array(elements)
                .text(LABEL)
                .bytes(rack.bytes())
                .integer(header.messageType())
                .array(2)
                .integer(header.groupEpoch().number())
                .bytes(OuterHeader.eightBytes(header.groupEpoch().hash()));
    }
}
