package org.rackweave.protocol.coap;

import org.eclipse.californium.scandium.DtlsHealth;

/** Hears from the DTLS engine what became of handshakes and records. */
final class CountingHealth implements DtlsHealth {
    private final UnicastCounters counters;

    CountingHealth(UnicastCounters counters) {
        this.counters = counters;
    }

    @Override
    public void dump(String tag, int maxConnections, int remainingCapacity, int pendingWithoutVerify) {
        // Counted, not logged.
    }

    @Override
    public boolean isEnabled() {
        return true;
    }

    @Override
    public void startHandshake() {
        // Its end is what counts.
    }

    @Override
    public void endHandshake(boolean success) {
        counters.count(success ? UnicastCounter.HANDSHAKE_DONE : UnicastCounter.HANDSHAKE_FAILED);
    }

    @Override
    public void receivingRecord(boolean drop) {
        if (drop) {
            counters.count(UnicastCounter.RECORD_DROPPED);
        }
    }

    @Override
    public void sendingRecord(boolean drop) {
        // Whoever sent it hears of it.
    }
}
