package org.rackweave.hal.discovery;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Captures the machine it runs on: {@code CaptureCommand FILE HOW-IT-WAS-MADE…}. It needs this module alone, so that it
 * runs in an emulated machine which has a Java runtime and little else.
 */
public final class CaptureCommand {
    private CaptureCommand() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.err));
    }

    static int run(String[] arguments, PrintStream errors) {
        if (arguments.length < 2) {
            errors.println("usage: CaptureCommand FILE HOW-THE-MACHINE-WAS-MADE...");
            return 2;
        }
        String made = String.join(" ", Arrays.asList(arguments).subList(1, arguments.length));
        try (Writer out = Files.newBufferedWriter(Path.of(arguments[0]))) {
            Capture.write(Path.of("/"), made, out);
            return 0;
        } catch (IOException failed) {
            errors.println("cannot write the capture: " + failed.getMessage());
            return 1;
        }
    }
}
