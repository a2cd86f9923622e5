package org.rackweave.crypto;

/**
 * Makes this node's datagrams: signed by its boot key, then sealed under the group key.
 *
 * <pre>
 * 16([ header of {@link OuterHeader}, {}, ciphertext of:
 *     18([ {1 : -8}, {}, payload, Ed25519 signature ]) ])
 * </pre>
 *
 * <p>Not safe for use by several threads. A new group key or a renewed delegation takes a new sealer; the boot key keeps
 * the sequences apart.
 */
public final class DatagramSealer {
    /** Header, seal, signature and the lengths between them, at their largest. */
    static final int MAX_OVERHEAD_BYTES = 170;

    /** The largest payload that is sure to fit a datagram. */
    public static final int MAX_PAYLOAD_BYTES = OuterFrame.MAX_DATAGRAM_BYTES - MAX_OVERHEAD_BYTES;

    private final BootKey bootKey;
    private final GroupEpochId groupEpoch;
    private final SenderKey senderKey;
    private final ChaChaPoly cipher = new ChaChaPoly();

    /** Seals as the node that {@code bootKey} was delegated by, in its rack. */
    public DatagramSealer(BootKey bootKey, GroupKey groupKey) {
        this.bootKey = bootKey;
        this.groupEpoch = groupKey.id();
        this.senderKey = SenderKey.derive(groupKey, bootKey.delegation().rack(), header(0, 0));
    }

    /**
     * Signs and seals one message.
     *
     * @param messageType what kind it is, 0 to 255
     * @param sequence higher than that of every datagram sealed with this boot key before; lower or equal throws
     * @param payload at most {@value #MAX_PAYLOAD_BYTES} bytes
     */
    public byte[] seal(int messageType, long sequence, byte[] payload) {
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a payload has at most " + MAX_PAYLOAD_BYTES + " bytes, not " + payload.length);
        }
        OuterHeader header = header(messageType, sequence);
        bootKey.claim(sequence);
        RackId rack = bootKey.delegation().rack();
        byte[] signed = bootKey.sign(Binding.inner(rack, header), payload);
        return CoseEncrypt0.seal(
                cipher,
                senderKey.key(),
                senderKey.nonce(sequence),
                header.encode(),
                Binding.outer(rack, header),
                signed);
    }

    private OuterHeader header(int messageType, long sequence) {
        Delegation delegation = bootKey.delegation();
        return new OuterHeader(
                messageType,
                sequence,
                delegation.node(),
                delegation.bootEpoch(),
                delegation.key().id(),
                groupEpoch);
    }
}
