package org.rackweave.protocol.coap;

/**
 * What a server spends at most.
 *
 * @param sessions DTLS sessions kept; when all are in use, one that was idle for {@link DtlsSettings#STALE_SECONDS} makes
 *     room for a new one
 * @param observers observations kept; beyond them a request to observe is answered once
 * @param waiting commands that the handler has not answered yet; beyond them peers are told to come back
 * @param answerMillis when a command that the handler forgot is answered for it; longer than any hardware step
 */
public record ServerLimits(int sessions, int observers, int waiting, long answerMillis) {
    /** For a card: 256 neighbours, and as many again for agents, people and scripts; about 6 kB each. */
    public static final ServerLimits CARD = new ServerLimits(512, 128, 256, 300_000);

    public ServerLimits {
        if (sessions < 1 || observers < 1 || waiting < 1 || answerMillis < 1) {
            throw new IllegalArgumentException("every limit is at least 1");
        }
    }
}
