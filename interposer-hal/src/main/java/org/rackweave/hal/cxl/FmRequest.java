package org.rackweave.hal.cxl;

/**
 * A command to a component, and how its answer is read. The commands are those of {@link Opcode}.
 *
 * @param <R> what it is answered with
 */
public interface FmRequest<R extends FmResponse> {
    Opcode opcode();

    /** Whether it may change something. */
    default Opcode.Effect effect() {
        return opcode().effect();
    }

    /** Appends the payload. */
    void write(PayloadWriter out, Dialect dialect);

    /** Reads the payload of the answer, and holds it against what was asked. */
    R readResponse(PayloadReader in, Dialect dialect) throws MalformedException;
}
