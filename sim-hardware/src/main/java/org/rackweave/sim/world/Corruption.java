package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CommandCodec;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Request;
import org.rackweave.protocol.message.Route;
import org.rackweave.protocol.multicast.Payload;
import org.rackweave.protocol.multicast.PayloadCodec;
import org.rackweave.protocol.multicast.PayloadDecoding;

/**
 * What becomes of a message in which a bit was turned over on its way. A datagram is sealed by real keys, damaged, and judged by
 * the product's own gate. The record that a request or an answer is in would not open (DTLS), which is taken for granted here;
 * its damaged body goes through the product's decoders all the same, which must not throw.
 */
final class Corruption {
    private final World world;

    Corruption(World world) {
        this.world = world;
    }

    /** @return what is believed of it: nothing, or a {@link Violation} when it is not what was said */
    Optional<Datagram> of(Datagram datagram, Dice dice) {
        Payload said = datagram.payload();
        byte[] unsealed = damaged(PayloadCodec.encode(said), dice);
        Optional<Payload> readable =
                PayloadCodec.decode(said.type(), unsealed) instanceof PayloadDecoding.Decoded decoded
                        ? Optional.of(decoded.payload())
                        : Optional.empty();
        Optional<Payload> passed =
                Papers.drawn().throughTheGate(said, datagram.sender().address(), bytes -> damaged(bytes, dice));
        return believed(said, passed, readable).map(payload -> datagram);
    }

    Optional<Command> of(Command command, Dice dice) {
        return believed(command, Optional.empty(), decoded(CommandCodec.encode(command), dice));
    }

    Optional<Answer> of(Answer answer, Dice dice) {
        byte[] damaged = damaged(AnswerCodec.encode(answer), dice);
        return believed(
                answer,
                Optional.empty(),
                AnswerCodec.decode(damaged, RefusalCode.UNREACHABLE).fold(Optional::of, reason -> Optional.empty()));
    }

    /**
     * @param passed what went through the seal
     * @param readable what would be read if there was no seal
     */
    private <T> Optional<T> believed(T said, Optional<T> passed, Optional<T> readable) {
        world.totals().reached(Probe.CORRUPTED);
        if (readable.filter(read -> !read.equals(said)).isPresent()) {
            world.totals().reached(Probe.CORRUPTED_AND_READABLE);
        }
        Optional<T> believed = world.seams().believed(passed, readable);
        if (believed.filter(one -> !one.equals(said)).isPresent()) {
            throw new Violation(
                    Invariant.BELIEVED_WAS_SAID, believed.get() + " is believed, and what was said is " + said);
        }
        return believed;
    }

    private static Optional<Command> decoded(Request request, Dice dice) {
        List<String> path = new ArrayList<>(request.path());
        byte[] body = request.body();
        if (body.length > 0) {
            body = damaged(body, dice);
        } else {
            int last = path.size() - 1;
            path.set(last, damaged(path.get(last), dice));
        }
        byte[] arrived = body;
        return Route.find(Optional.of(request.route().method()), path) instanceof Route.Found found
                ? CommandCodec.decode(found.route(), found.name(), request.query(), arrived)
                        .fold(Optional::of, reason -> Optional.empty())
                : Optional.empty();
    }

    private static String damaged(String text, Dice dice) {
        StringBuilder damaged = new StringBuilder(text);
        int at = dice.below(text.length());
        damaged.setCharAt(at, (char) (text.charAt(at) ^ (1 << dice.below(Byte.SIZE))));
        return damaged.toString();
    }

    private static byte[] damaged(byte[] bytes, Dice dice) {
        byte[] damaged = bytes.clone();
        int bit = dice.below(Byte.SIZE * bytes.length);
        damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        return damaged;
    }
}
