package org.rackweave.crypto;

import java.util.function.Function;

/** Whether a certificate proves somebody of this rack. */
public sealed interface Verdict {
    /** It does, and says who. */
    record Trusted(Principal principal) implements Verdict {
        @Override
        public <T> T fold(Function<Principal, T> trusted, Function<Distrust, T> untrusted) {
            return trusted.apply(principal);
        }
    }

    /** It does not: close the connection, count the reason, tell the other side nothing more. */
    record Untrusted(Distrust reason) implements Verdict {
        @Override
        public <T> T fold(Function<Principal, T> trusted, Function<Distrust, T> untrusted) {
            return untrusted.apply(reason);
        }
    }

    /** Goes on with whichever it is. */
    <T> T fold(Function<Principal, T> trusted, Function<Distrust, T> untrusted);
}
