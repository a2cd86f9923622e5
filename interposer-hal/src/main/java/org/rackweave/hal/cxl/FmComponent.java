package org.rackweave.hal.cxl;

/** Something that a manager can ask: a switch, or what a tunnel through it leads to. {@link FmClient} has them. */
public interface FmComponent {
    /** Sends a command and follows it as far as whoever carries it does. */
    <R extends FmResponse> Outcome<R> call(FmRequest<R> request);
}
