/** Settings that can be pasted, for what people use. */

export interface Target {
  host: string;
  port: number;
  /** The sandbox checks passwords. */
  auth: boolean;
  tls: string;
}

export interface Recipe {
  name: string;
  label: string;
  file: string;
  code(target: Target): string;
}

const lines = (...all: (string | false)[]): string => all.filter((line) => line !== false).join("\n");

export const RECIPES: readonly Recipe[] = [
  {
    name: "django", label: "Django", file: "settings.py",
    code: ({ host, port, auth }) => lines(
      'EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"', `EMAIL_HOST = "${host}"`, `EMAIL_PORT = ${port}`,
      "EMAIL_USE_TLS = False", auth && 'EMAIL_HOST_USER = "user"', auth && 'EMAIL_HOST_PASSWORD = "password"',
    ),
  },
  {
    name: "flask", label: "Flask", file: "config.py (Flask-Mail, Flask-Mailman)",
    code: ({ host, port, auth }) => lines(
      `MAIL_SERVER = "${host}"`, `MAIL_PORT = ${port}`, "MAIL_USE_TLS = False", auth && 'MAIL_USERNAME = "user"', auth && 'MAIL_PASSWORD = "password"',
    ),
  },
  {
    name: "python", label: "Python", file: "smtplib",
    code: ({ host, port, auth }) => lines(
      "import smtplib", "from email.message import EmailMessage", "", "message = EmailMessage()", 'message["From"] = "app@example.test"',
      'message["To"] = "ann@example.test"', 'message["Subject"] = "Hello"', 'message.set_content("It works.")', "",
      `with smtplib.SMTP("${host}", ${port}) as smtp:`, auth && '    smtp.login("user", "password")', "    smtp.send_message(message)",
    ),
  },
  {
    name: "rails", label: "Rails", file: "config/environments/development.rb",
    code: ({ host, port, auth }) => lines(
      "config.action_mailer.delivery_method = :smtp", "config.action_mailer.smtp_settings = {", `  address: "${host}",`, `  port: ${port},`,
      auth && '  user_name: "user", password: "password", authentication: :plain,', "}",
    ),
  },
  {
    name: "laravel", label: "Laravel", file: ".env",
    code: ({ host, port, auth }) => lines(
      "MAIL_MAILER=smtp", `MAIL_HOST=${host}`, `MAIL_PORT=${port}`, auth ? "MAIL_USERNAME=user" : "MAIL_USERNAME=null", auth ? "MAIL_PASSWORD=password" : "MAIL_PASSWORD=null", "MAIL_ENCRYPTION=null",
    ),
  },
  {
    name: "node", label: "Node", file: "nodemailer",
    code: ({ host, port, auth }) => lines(
      'import nodemailer from "nodemailer";', "", "const transport = nodemailer.createTransport({", `  host: "${host}",`, `  port: ${port},`, "  secure: false,", "  ignoreTLS: true,",
      auth && '  auth: { user: "user", pass: "password" },', "});",
    ),
  },
  {
    name: "spring", label: "Spring", file: "application.properties",
    code: ({ host, port, auth }) => lines(
      `spring.mail.host=${host}`, `spring.mail.port=${port}`, auth && "spring.mail.username=user", auth && "spring.mail.password=password",
      `spring.mail.properties.mail.smtp.auth=${auth}`, "spring.mail.properties.mail.smtp.starttls.enable=false",
    ),
  },
  {
    name: "go", label: "Go", file: "net/smtp",
    code: ({ host, port, auth }) => lines(
      auth && `auth := smtp.PlainAuth("", "user", "password", "${host}")`,
      'body := []byte("Subject: Hello\\r\\n\\r\\nIt works.\\r\\n")',
      `err := smtp.SendMail("${host}:${port}", ${auth ? "auth" : "nil"}, "app@example.test",`, '\t[]string{"ann@example.test"}, body)',
    ),
  },
  {
    name: "php", label: "PHP", file: "PHPMailer",
    code: ({ host, port, auth }) => lines(
      "$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);", "$mail->isSMTP();", `$mail->Host = '${host}';`, `$mail->Port = ${port};`, "$mail->SMTPAutoTLS = false;",
      `$mail->SMTPAuth = ${auth};`, auth && "$mail->Username = 'user';", auth && "$mail->Password = 'password';",
    ),
  },
  {
    name: "dotnet", label: ".NET", file: "MailKit",
    code: ({ host, port, auth }) => lines(
      "using var client = new MailKit.Net.Smtp.SmtpClient();", `await client.ConnectAsync("${host}", ${port}, MailKit.Security.SecureSocketOptions.None);`,
      auth && 'await client.AuthenticateAsync("user", "password");', "await client.SendAsync(message);",
    ),
  },
  {
    name: "sendmail", label: "sendmail", file: "php.ini, cron, anything that calls sendmail",
    code: ({ host, port }) => lines(
      "# PHP: sendmail_path in php.ini", `sendmail_path = "mailpit-py sendmail --smtp-addr ${host}:${port}"`, "", "# or msmtp, in ~/.msmtprc", "account default", `host ${host}`, `port ${port}`, "from app@example.test",
    ),
  },
  {
    name: "shell", label: "Shell", file: "swaks, curl, telnet",
    code: ({ host, port }) => lines(
      `swaks --server ${host}:${port} --from app@example.test --to ann@example.test \\`, "  --header 'Subject: Hello' --body 'It works.'", "",
      `printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | curl smtp://${host}:${port} \\`, "  --mail-from app@example.test --mail-rcpt ann@example.test -T -", "",
      `telnet ${host} ${port}`,
    ),
  },
];
