package org.rackweave.hal.cxl;

import java.util.Optional;

/** What a component does when it is asked something. */
public interface FmHandler {
    /** @return what is answered; empty: nothing at all, as from a component that hangs */
    Optional<Handled> handle(FmRequest<?> request);

    /**
     * What a request came to.
     *
     * @param response with success only
     */
    record Handled(ReturnCode code, Optional<FmResponse> response) {
        public Handled {
            if (response.isPresent() && !code.equals(ReturnCode.SUCCESS)) {
                throw new IllegalArgumentException("a response with " + code);
            }
        }

        /** Done, and this is the answer. */
        public static Handled with(FmResponse response) {
            return new Handled(ReturnCode.SUCCESS, Optional.of(response));
        }

        /** Only a return code. */
        public static Handled as(ReturnCode code) {
            return new Handled(code, Optional.empty());
        }
    }
}
