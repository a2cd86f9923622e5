package org.rackweave.protocol.coap;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.elements.auth.ExtensiblePrincipal;
import org.rackweave.crypto.Principal;

/**
 * Who is at the other end of a session, as its handshake proved. Judged once and kept with the session, because an ECDSA
 * check for each request would cost a card's core more than the request.
 *
 * @param principal who
 * @param notAfter when the certificate that proved it ends
 */
record SessionPeer(Principal principal, Instant notAfter) {
    private static final String KEY = "rackweave";

    SessionPeer {
        Objects.requireNonNull(principal);
        Objects.requireNonNull(notAfter);
    }

    AdditionalInfo info() {
        return AdditionalInfo.from(Map.of(KEY, this));
    }

    static Optional<SessionPeer> of(EndpointContext context) {
        return Optional.ofNullable(context.getPeerIdentity()).flatMap(SessionPeer::of);
    }

    static Optional<SessionPeer> of(java.security.Principal identity) {
        return identity instanceof ExtensiblePrincipal<?> extensible
                ? Optional.ofNullable(extensible.getExtendedInfo().get(KEY, SessionPeer.class))
                : Optional.empty();
    }
}
