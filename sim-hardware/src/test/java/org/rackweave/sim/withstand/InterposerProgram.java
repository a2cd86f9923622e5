package org.rackweave.sim.withstand;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;

/**
 * Drives an interposer by hand, in a machine that has no tests: {@code PROVIDER KEY=VALUE… -- OPERATION@SLICE[@HOST]…}, one line of
 * answer each. Refusals are answers.
 */
final class InterposerProgram {
    private InterposerProgram() {}

    public static void main(String[] arguments) throws HalException {
        int dashes = Arrays.asList(arguments).indexOf("--");
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : Arrays.copyOfRange(arguments, 1, dashes)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        InterposerProvider provider = ServiceLoader.load(InterposerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        try (Interposer interposer = provider.open("guest", settings)) {
            for (String order : Arrays.copyOfRange(arguments, dashes + 1, arguments.length)) {
                System.out.println(order + " -> " + answer(interposer, order.split("@", -1)));
            }
        }
    }

    private static String answer(Interposer interposer, String[] order) {
        try {
            return switch (order[0]) {
                case "slices" -> interposer.slices().toString();
                case "route" -> interposer.route(order[1]).toString();
                case "bind" -> interposer.bind(order[1], order[2], 1).toString();
                case "unbind" -> {
                    interposer.unbind(order[1], 1);
                    yield "done";
                }
                case "sanitise" -> interposer.sanitise(order[1]).toString();
                default -> throw new IllegalArgumentException(order[0]);
            };
        } catch (HalException failed) {
            return failed.getClass().getSimpleName() + " " + failed.getMessage();
        }
    }
}
