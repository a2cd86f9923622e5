package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The key that one boot key seals its datagrams with in one group epoch, and the part of the nonce that goes with it.
 *
 * <p>HKDF-SHA256 of the group key, salt "rackweave/1 datagram", info = rack id ‖ node id ‖ boot epoch ‖ boot key id: 32 bytes
 * of key and 12 of context IV. Each boot key has its own, so that two senders' equal sequences are not equal nonces.
 */
record SenderKey(KeyParameter key, ByteBuffer contextIv) {
    private static final int INFO_BYTES = RackId.BYTES + NodeId.BYTES + Integer.BYTES + Long.BYTES;
    private static final int SEQUENCE_OFFSET = ChaChaPoly.NONCE_BYTES - Long.BYTES;

    static SenderKey derive(GroupKey group, RackId rack, OuterHeader header) {
        byte[] info = ByteBuffer.allocate(INFO_BYTES)
                .put(rack.bytes())
                .put(header.sender().bytes())
                .putInt((int) header.bootEpoch())
                .putLong(header.bootKeyId())
                .array();
        byte[] output = group.deriveForSender(info, ChaChaPoly.KEY_BYTES + ChaChaPoly.NONCE_BYTES);
        byte[] iv = Arrays.copyOfRange(output, ChaChaPoly.KEY_BYTES, output.length);
        return new SenderKey(new KeyParameter(output, 0, ChaChaPoly.KEY_BYTES), ByteBuffer.wrap(iv));
    }

    /** The context IV with the sequence, left-padded to its length, put over it (RFC 9052, section 3.1). */
    byte[] nonce(long sequence) {
        ByteBuffer nonce = ByteBuffer.allocate(ChaChaPoly.NONCE_BYTES);
        nonce.put(0, contextIv, 0, ChaChaPoly.NONCE_BYTES);
        nonce.putLong(SEQUENCE_OFFSET, nonce.getLong(SEQUENCE_OFFSET) ^ sequence);
        return nonce.array();
    }
}
