package org.rackweave.daemon.conductor;

import java.security.SecureRandom;
import java.util.Optional;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.protocol.message.WipeProof;

/** Signs what this node wiped, and opens what others signed. The cores only see what came of it. */
public interface WipeNotary {
    /** Signs with the key of the node that the statement names. */
    WipeProof sign(WipeStatement statement);

    /** What was signed; empty when no node signed it that could. */
    Optional<WipeStatement> opened(WipeProof proof);

    /** The notary of a node, with the key of its certificate. */
    static WipeNotary of(Identity identity, SecureRandom random) {
        return new WipeNotary() {
            @Override
            public WipeProof sign(WipeStatement statement) {
                return WipeProof.of(statement.sign(identity, random));
            }

            @Override
            public Optional<WipeStatement> opened(WipeProof proof) {
                return proof.opened();
            }
        };
    }
}
