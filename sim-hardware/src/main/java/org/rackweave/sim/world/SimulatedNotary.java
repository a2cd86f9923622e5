package org.rackweave.sim.world;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.protocol.message.WipeProof;

/**
 * Signs for all nodes of a world: what it handed out says what it stands for, and nothing else says anything. A real signature
 * depends on keys that are not of the seed, and would take most of a run's time.
 */
final class SimulatedNotary {
    private final Map<WipeProof, WipeStatement> signed = new HashMap<>();

    WipeProof sign(WipeStatement statement) {
        WipeProof proof = WipeProof.of(
                ByteBuffer.allocate(Integer.BYTES).putInt(signed.size()).array());
        signed.put(proof, statement);
        return proof;
    }

    Optional<WipeStatement> opened(WipeProof proof) {
        return Optional.ofNullable(signed.get(proof));
    }
}
