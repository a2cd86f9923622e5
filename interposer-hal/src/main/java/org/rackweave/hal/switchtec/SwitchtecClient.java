package org.rackweave.hal.switchtec;

import java.util.Optional;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.Decoded;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCodec;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.hal.switchtec.wire.PaxId;

/** Tells a switch what to do, over one link, for one thread. */
public final class SwitchtecClient {
    private final SwitchtecLink link;
    private final PaxId pax;

    /** A client of the switch that the link leads to. */
    public SwitchtecClient(SwitchtecLink link) {
        this(link, PaxId.LOCAL);
    }

    /**
     * A client of a switch in a fabric.
     *
     * @param pax which one
     */
    public SwitchtecClient(SwitchtecLink link, PaxId pax) {
        this.link = link;
        this.pax = pax;
    }

    /** Sends a command and says what became of it. It ends within the link's time-out. */
    public <A extends MrpcAnswer> Outcome<A> perform(MrpcCommand<A> command) {
        Exchange exchange = link.mrpc(MrpcCodec.encode(pax, command), command.answerBytes());
        if (exchange instanceof Exchange.NotSent notSent) {
            return new Outcome.NotSent<>(notSent.why());
        }
        if (exchange instanceof Exchange.Lost lost) {
            return new Outcome.Unknown<>(lost.seen());
        }
        Exchange.Answered answered = (Exchange.Answered) exchange;
        return answered.returnCode() == 0
                ? believed(command, MrpcCodec.decodeAnswer(command, answered.data()))
                : refused(answered.returnCode());
    }

    /**
     * As {@link #perform}, where anything but an answer is a failure.
     *
     * @throws HalException.Refused when the switch said no, or the command was not sent
     * @throws HalException.OutcomeUnknown when it changes something and nobody knows whether it did
     * @throws HalException.Unavailable when it only reads and there was no answer to believe
     */
    public <A extends MrpcAnswer> A answerTo(MrpcCommand<A> command) throws HalException {
        Outcome<A> outcome = perform(command);
        String operation = command.kind().operation();
        return switch (outcome.kind()) {
            case ANSWERED -> ((Outcome.Answered<A>) outcome).answer();
            case REFUSED -> {
                MrpcError error = ((Outcome.Refused<A>) outcome).error();
                throw new HalException.Refused(link.device(), operation, error.toString(), error.advice());
            }
            case NOT_SENT ->
                throw new HalException.Refused(
                        link.device(),
                        operation,
                        ((Outcome.NotSent<A>) outcome).why(),
                        "nothing was sent; drain the link or open it anew");
            case UNKNOWN -> throw unknown(command.kind(), ((Outcome.Unknown<A>) outcome).seen());
        };
    }

    private HalException unknown(MrpcKind kind, String seen) {
        return switch (kind.effect()) {
            case CHANGES ->
                new HalException.OutcomeUnknown(
                        link.device(),
                        kind.operation(),
                        seen,
                        "drain the link, then read what the switch did; if it does not answer, quarantine it");
            case READS ->
                new HalException.Unavailable(
                        link.device(), kind.operation(), seen, "drain the link or open it anew, and ask again");
        };
    }

    /** A fabric's status other than 0 has no documented meaning, so it tells nothing of what was changed. */
    private static <A extends MrpcAnswer> Outcome<A> believed(MrpcCommand<A> command, Decoded<A> decoded) {
        if (decoded instanceof Decoded.Accepted<A> accepted) {
            return accepted.value() instanceof MrpcAnswer.FabricDone done && done.status() != 0
                    ? new Outcome.Unknown<>("the fabric manager's status is " + done.status())
                    : new Outcome.Answered<>(accepted.value());
        }
        return new Outcome.Unknown<>("the answer to " + command.kind().operation() + " cannot be: " + decoded);
    }

    private static <A extends MrpcAnswer> Outcome<A> refused(int code) {
        Optional<MrpcError> error = MrpcError.of(code);
        return error.isPresent()
                ? new Outcome.Refused<>(error.get())
                : new Outcome.Unknown<>("return code 0x" + Integer.toHexString(code) + ", which has no name");
    }
}
