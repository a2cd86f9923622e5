package org.rackweave.protocol.coap;

import java.util.Objects;
import org.eclipse.californium.elements.PrincipalEndpointContextMatcher;
import org.rackweave.crypto.NodeId;

/** A message's wish to reach this node and no other; compared with the session before a byte of the message is sent. */
record ExpectedPeer(NodeId id) implements java.security.Principal {
    ExpectedPeer {
        Objects.requireNonNull(id);
    }

    @Override
    public String getName() {
        return id.toString();
    }

    /**
     * Ties messages to nodes instead of sessions: a new handshake with the same node in the middle of an exchange does no
     * harm, and another node at the same address gets nothing.
     */
    static final class Matcher extends PrincipalEndpointContextMatcher {
        @Override
        protected boolean matchPrincipals(java.security.Principal wanted, java.security.Principal there) {
            return SessionPeer.of(there)
                    .map(peer -> peer.principal().id())
                    .filter(id -> id.equals(idOf(wanted)))
                    .isPresent();
        }

        private static Object idOf(java.security.Principal wanted) {
            if (wanted instanceof ExpectedPeer expected) {
                return expected.id();
            }
            return SessionPeer.of(wanted)
                    .<Object>map(peer -> peer.principal().id())
                    .orElse(wanted);
        }
    }
}
