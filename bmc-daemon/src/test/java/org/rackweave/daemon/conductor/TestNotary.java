package org.rackweave.daemon.conductor;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.protocol.message.WipeProof;

/** Keeps what it signed, so that nobody has to have a key. */
final class TestNotary implements WipeNotary {
    private final Map<WipeProof, WipeStatement> signed = new HashMap<>();

    @Override
    public WipeProof sign(WipeStatement statement) {
        WipeProof proof = WipeProof.of(
                ByteBuffer.allocate(Integer.BYTES).putInt(signed.size()).array());
        signed.put(proof, statement);
        return proof;
    }

    @Override
    public Optional<WipeStatement> opened(WipeProof proof) {
        return Optional.ofNullable(signed.get(proof));
    }
}
