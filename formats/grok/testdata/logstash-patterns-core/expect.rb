# Writes patterns.tsv, logstash-patterns-core's legacy patterns, and cases.jsonl: the patterns and lines of its tests, with what
# Ruby's regular expressions, in whose syntax they are written, find there.
#
#   ruby expect.rb <clone of logstash-plugins/logstash-patterns-core>
require "json"
require "set"

CLONE = ARGV.fetch(0)
PATTERNS = {}
Dir[File.join(CLONE, "patterns/legacy/*")].sort.each do |path|
  File.foreach(path, encoding: "UTF-8") do |line|
    next if line =~ /\A\s*(#|\z)/
    name, definition = line.chomp.split(/\s+/, 2)
    PATTERNS[name] = definition
  end
end

CASES = Set.new

# What stands for RSpec: it runs the examples only to see which patterns and lines they use.
class Anything
  def method_missing(*) = self
  def respond_to_missing?(*) = true
  def to_str = ""
  def coerce(other) = [other, other]
end

class Expectation
  def initialize(value, example) = (@value, @example = value, example)
  def to(matcher = nil, *)
    @example.grok_match(@value, matcher[1]) if matcher.is_a?(Array) && @value.is_a?(String)
  end
  alias not_to to
  alias to_not to
end

class Example
  def initialize(group) = @group = group
  def grok_match(pattern, line, exact = false)
    CASES << [pattern.to_s, line.to_s, exact]
    Hash.new { Anything.new }
  end
  def grok_exact_match(pattern, line) = grok_match(pattern, line, true)
  def grok_match_event(pattern, line, exact = false) = grok_match(pattern, line, exact)
  def ecs_compatibility? = false
  def ecs_compatibility = :disabled
  def expect(value = nil) = Expectation.new(value, self)
  def match(value) = [:match, value]
  def should(*) = subject
  def should_not(*) = subject
  def method_missing(name, *args)
    block = @group.let_of(name)
    block ? instance_exec(&block) : Anything.new
  end
  def respond_to_missing?(*) = true
end

class Group
  def initialize(parent, lets = {}) = (@parent, @lets = parent, lets)
  def let_of(name) = @lets[name.to_s] || @parent&.let_of(name)
  def let(name, &block) = @lets[name.to_s] = block
  alias let! let
  def subject(name = nil, &block)
    @lets["subject"] = block
    @lets[name.to_s] = block if name
  end
  def context(*names, &block)
    group = Group.new(self)
    first = names.find { |n| n.is_a?(String) && PATTERNS.key?(n) }
    group.subject { first } if first
    group.instance_eval(&block)
  end
  alias describe context
  def it(*, &block)
    Example.new(self).instance_eval(&block) if block
  rescue StandardError, NotImplementedError
    nil # of what is asserted here, nothing matters
  end
  alias specify it
  def method_missing(*) = nil
  def respond_to_missing?(*) = true
end

TOP = Group.new(nil)
def describe(*names, &block) = TOP.context(*names, &block)
def describe_pattern(name, modes = ["legacy"], &block)
  return unless modes.include?("legacy") || modes.include?(nil)
  group = Group.new(TOP, "pattern" => -> { name }, "message" => -> { "" }, "subject" => -> { grok }, "grok" => -> { grok_match(pattern, message) },
                         "grok_result" => -> { grok }, "event" => -> { grok })
  group.instance_eval(&block)
end

module Kernel
  alias plain_require require
  def require(name) = name =~ /spec_helper|logstash/ ? true : plain_require(name)
end
Dir[File.join(CLONE, "spec/patterns/*_spec.rb")].sort.each { |path| load path }

# Writes out a pattern: fields become groups f1, f2, …
class Expander
  attr_reader :fields

  def initialize = @fields = []

  def expand(text)
    text.gsub(/%\{(\w+)(?::([^:}]+))?(?::\w+)?\}|\(\?<(\w+)>/) do
      name, field, group = $1, $2, $3
      if group
        @fields << group
        next "(?<f#{@fields.size}>"
      end
      definition = PATTERNS.fetch(name)
      if field
        @fields << field
        open = "(?<f#{@fields.size}>"
      else
        open = "(?:"
      end
      open + expand(definition) + ")"
    end
  end
end

def find(pattern, line, exact)
  e = Expander.new
  text = exact ? "^%{#{pattern}}$" : "%{#{pattern}}"
  m = Regexp.new(e.expand(text)).match(line)
  fields = {}
  e.fields.each_with_index { |name, i| fields[name] = fields[name] || (m && m["f#{i + 1}"]) }
  { pattern: text, line: line, match: !m.nil?, fields: fields.compact }
end

File.open("cases.jsonl", "w") do |out|
  CASES.to_a.sort_by(&:to_s).each do |pattern, line, exact|
    next unless PATTERNS.key?(pattern) && !line.empty? && !line.include?("\n")
    out.puts JSON.generate(find(pattern, line, exact))
  end
end
File.write("patterns.tsv", PATTERNS.map { |name, definition| "#{name}\t#{definition}\n" }.join)
